-- A page with a table, twice: from a template that the compiler sees, and from one that is
-- parsed on every request, as Lua's template libraries do.
local api = rover.server { port = 4391, title = "pages" }
local runtime = require "runtime"

-- As `Row::new` in `paged_askama.rs`.
local function rows()
  local list = {}
  for i = 1, 100 do
    list[i] = {
      id = i,
      name = "Nuts & bolts, M" .. i % 12,
      maker = "Smith " .. i .. " Ltd",
      price = i * 1.25,
      note = i % 3 == 0 and 'for doors < 2.5" & windows' or "in stock, sent within two days",
    }
  end
  return list
end

local ROWS = rows()

function api.page.get()
  return api.html { title = "Parts & tools", rows = ROWS } [[
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
<table>
<thead><tr><th>Id</th><th>Name</th><th>Maker</th><th>Price</th><th>Note</th></tr></thead>
<tbody>{{ for _, row in ipairs(rows) do }}
<tr><td>{{ row.id }}</td><td><a href="/parts/{{ row.id }}">{{ row.name }}</a></td><td>{{ row.maker }}</td><td>{{ row.price }}</td><td>{{ row.note }}</td></tr>{{ end }}
</tbody>
</table>
</body>
</html>
]]
end

local TEXT = [[
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title><%= title %></title></head>
<body>
<h1><%= title %></h1>
<table>
<thead><tr><th>Id</th><th>Name</th><th>Maker</th><th>Price</th><th>Note</th></tr></thead>
<tbody><% for _, row in ipairs(rows) do %>
<tr><td><%= row.id %></td><td><a href="/parts/<%= row.id %>"><%= row.name %></a></td><td><%= row.maker %></td><td><%= row.price %></td><td><%= row.note %></td></tr><% end %>
</tbody>
</table>
</body>
</html>
]]

function api.parsed.get()
  return api.html(runtime.render(TEXT, { title = "Parts & tools", rows = ROWS }))
end

return api
