-- Rows that stay as the driver has left them, and the same as tables: those that a function gives.
local db = rover.db("sqlite::memory:", { slow_query = 0 })
local api = rover.server { port = 0, log_level = "off" }
local SQL = [[
with recursive c(x) as (select 1 union all select x + 1 from c where x < $1)
select x as id, 'A title & more ' || x as title, x / 4.0 as price, case x % 3 when 0 then null else 'text' end as note from c]]
local function tables(n) return db:all(SQL, n) end

-- What the database takes, in all of them.
function api.query.p_n.get(ctx)
  local rows = db:all(SQL, tonumber(ctx:params().n))
  return { n = #rows }
end

function api.returned.kept.p_n.get(ctx) return db:all(SQL, tonumber(ctx:params().n)) end
function api.returned.tables.p_n.get(ctx) return tables(tonumber(ctx:params().n)) end

function api.page.kept.p_n.get(ctx)
  return api.html { rows = db:all(SQL, tonumber(ctx:params().n)) } [[<table>{{ for _, row in ipairs(rows) do }}<tr id="r{{ row.id }}"><td>{{ row.title }}</td><td>{{ row.price }}</td><td>{{ row.note }}</td></tr>{{ end }}</table>]]
end
function api.page.tables.p_n.get(ctx)
  return api.html { rows = tables(tonumber(ctx:params().n)) } [[<table>{{ for _, row in ipairs(rows) do }}<tr id="r{{ row.id }}"><td>{{ row.title }}</td><td>{{ row.price }}</td><td>{{ row.note }}</td></tr>{{ end }}</table>]]
end

function api.list.kept.p_n.get(ctx)
  local list = {}
  for _, row in ipairs(db:all(SQL, tonumber(ctx:params().n))) do
    list[#list + 1] = { id = row.id, kind = "book", title = row.title, price = row.price, note = row.note }
  end
  return list
end
function api.list.tables.p_n.get(ctx)
  local list = {}
  for _, row in ipairs(tables(tonumber(ctx:params().n))) do
    list[#list + 1] = { id = row.id, kind = "book", title = row.title, price = row.price, note = row.note }
  end
  return list
end

function api.read.kept.p_n.get(ctx)
  local sum, long = 0, 0
  for _, row in ipairs(db:all(SQL, tonumber(ctx:params().n))) do
    if row.price > 2 then sum = sum + row.price * row.id end
    if row.note then long = long + #row.title end
  end
  return { sum = sum, long = long }
end
function api.read.tables.p_n.get(ctx)
  local sum, long = 0, 0
  for _, row in ipairs(tables(tonumber(ctx:params().n))) do
    if row.price > 2 then sum = sum + row.price * row.id end
    if row.note then long = long + #row.title end
  end
  return { sum = sum, long = long }
end

return api
