-- Rows that are only walked through become no tables: in loops of a handler, and in its pages.
local db = rover.db "sqlite::memory:"
local api = rover.server {}
local list = rover.template "list.html"

-- A page that gets a result, and one that gets it by a local.
function api.fires.page.get()
  return api.html { title = "x", rows = db:all "select 1 as a, 'b' as b" } [[
<h1>{{ title }}</h1>{{ if #rows == 0 then }}none{{ end }}
{{ for i, row in ipairs(rows) do }}<p title="{{ row.b }}">{{ i }} {{ row.a }}{{ if row.b then }}!{{ end }}</p>
{{ end }}]]
end
function api.fires.loc.get()
  local rows = (db):all "select 1 as a"
  local other = db:all "select 1 as a"
  if other and #rows > 0 then return api.html:status(404, { rows = rows, n = #rows }) [[{{ for _, row in ipairs(rows) do }}{{ row.a + n }}{{ end }}]] end
  return api.html { rows = rows, other = other } [[{{ for _, a in ipairs(rows) do }}{{ for b in ipairs(other) do }}{{ a.x }}{{ b }}{{ end }}{{ end }}]]
end
function api.fires.file.get() return list { rows = db:all "select 1 as a" } end
function api.fires.value.get()
  local rows = db:all "select 1 as a"
  local part = rover.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
  return api.html { part = part, n = #rows } [[{{ part }}{{ n }}]]
end
function api.fires.header.get() return api.html { rows = (db:all "select 1 as a") } [[{{ for _, row in ipairs(rows) do }}{{ row["a b"] }}{{ end }}]]:header("x-a", "b") end

-- Loops: what a list gets of a row is written as it is, everything else is read.
function api.fires.list.get()
  local rows = db:all "select 1 as a, 2 as b"
  local found = {}
  for _, row in ipairs(rows) do
    found[#found + 1] = { id = row.a, kind = "x", name = row.b, more = { row.c } }
  end
  return { count = #rows, rows = found }
end
function api.fires.mixed.get(ctx)
  local sum = 0
  local found = {}
  for i, row in ipairs(db:all "select 1 as a, 2 as b") do
    sum = sum + row.a
    if row.b ~= nil then found[#found + 1] = { i = i, a = row.a, link = "/" .. row.b, q = ctx:query().q } end
  end
  return { sum = sum, rows = found }
end
function api.fires.single.get()
  local names = {}
  for _, row in ipairs(db:all "select 1 as a") do table.insert(names, row.a) end
  return names
end
function api.fires.nested.get()
  local out = {}
  for _, a in ipairs(db:all "select 1 as a") do
    for _, tag in ipairs(a.tags) do out[#out + 1] = { a.a, tag } end
  end
  return out
end
function api.fires.both.get(ctx)
  local rows = db:all "select 1 as a"
  if ctx:query().json then return rows end
  return api.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
end

-- More is done with a row, or with the rows.
function rover.html.card(props) return rover.html(props) [[{{ a }}]] end
function api.stays.card.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ card(row) }}{{ end }}]] end
function api.stays.first.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}{{ rows[1].a }}]] end
function api.stays.whole.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(data.rows) do }}{{ row.a }}{{ end }}]] end
function api.stays.pairs.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in pairs(rows) do }}{{ row.a }}{{ end }}]] end
function api.stays.inner.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ local f = function() return row.a end }}{{ f() }}{{ end }}]] end
function api.stays.changed.get() return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ row.a = 2 }}{{ row.a }}{{ end }}]] end
function api.stays.given.get()
  local rows = db:all "select 1 as a"
  local data = { rows = rows }
  return api.html(data) [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
end
function api.stays.one.get() return api.html { row = db:one "select 1 as a" } [[{{ row.a }}]] end
function api.stays.either.get()
  local rows = db:all "select 1 as a"
  return rows[1] and rows or api.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
end
function api.stays.other.get()
  return db:value "select 1" or api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
end
-- One of the results of the page is a table.
function api.stays.all.get()
  local rows = db:all "select 1 as a"
  local first = rows[1]
  return api.html { rows = rows, more = db:all "select 1 as a" } [[{{ for _, a in ipairs(rows) do }}{{ a.a }}{{ end }}{{ for _, a in ipairs(more) do }}{{ a.a }}{{ end }}]]
end
function api.stays.kept.get()
  local out = {}
  for _, row in ipairs(db:all "select 1 as a") do out[#out + 1] = row end
  return out
end
function api.stays.written.get()
  local rows = db:all "select 1 as a"
  for i, row in ipairs(rows) do row.n = i end
  return rows
end
function api.stays.caught.get()
  local fns, sum = {}, 0
  for _, row in ipairs(db:all "select 1 as a") do fns[#fns + 1] = function() return row.a end end
  for _, f in ipairs(fns) do sum = sum + f() end
  return { sum = sum }
end
function api.stays.loop.get()
  local sum = 0
  for i = 1, 3 do
    for _, row in ipairs(db:all("select $1 as a", i)) do sum = sum + row.a end
    local rows = db:all("select $1 as a", i)
    if #rows > 1 then return rows end
  end
  return { sum = sum }
end
local function helper()
  local rows = db:all "select 1 as a"
  return rover.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]]
end
function api.stays.helper.get() return api.html(helper()) end

return api
