-- A template that is returned is rendered into the response: its Lua (`pages.lua`) is given
-- the data's fields as arguments, or the data.
local api = rover.server {}
local page = rover.template "page.html"

function rover.html.badge(props)
  return rover.html(props) [[<b class="{{ kind }}">{{ text }}</b>]]
end

-- Data as arguments.
function api.fires.list.get(ctx)
  local rows = { { name = "a" } }
  return api.html { title = ctx:query().title, rows = rows, type = 1 } [[
<h1>{{ title }}</h1>
{{ for i, row in ipairs(rows) do }}
  <a href="/rows/{{ i }}?q={{ title }}">{{ row.name }}</a> {{ type }}
{{ end }}
<script>const rows = {{ rows }};</script>
]]
end

-- Data as a table.
function api.fires.table.get(ctx)
  local data = { title = 1 }
  return api.html:status(203, data) [[<p>{{ title }}{{ badge { text = data.text } }}</p>]]:header("a", "b")
end

function api.fires.whole.get(ctx) return api.html { a = 1 } [[{{ #data }}]] end
function api.fires.file.get(ctx) return api.html(page { title = tostring(1) }) end

-- Not returned at once.
function api.stays.later.get(ctx)
  local answer = api.html { a = 1 } [[{{ a }}
  ]]
  answer:status(201)
  return answer
end

-- The name of a template is another one's, too; a value is rendered where it is used.
local kept = page
function api.stays.kept.get(ctx)
  local text = [[<p>{{ title }}</p>]]
  return { a = tostring(kept { title = 1 }), b = rover.html { title = 2 } (text) }
end

return api
