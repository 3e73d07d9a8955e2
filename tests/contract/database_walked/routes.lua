-- Rows that are walked through where the driver has left them: the same bytes as of tables.
local db = rover.db("sqlite::memory:", { slow_query = 0 })
local api = rover.server { port = 0 }
local places = rover.template "views/places.html"

-- rover: per-worker
local ready
local function fill()
  if ready then return end
  ready = true
  db:exec "create table if not exists walked (id integer primary key, whole integer, part real, text text, yes boolean, data json, bytes blob)"
  db:upsert("walked", {
    { id = 1, whole = 1, part = 1.5, text = "a\"\\\n\1ä\u{1F600}<b>&'`", yes = true, data = { b = { 1, 2.5 }, a = "</script>" }, bytes = "\255\254<" },
    { id = 2, whole = -3, part = 2, text = "", yes = false, data = { "x", "<y>", 0.25 }, bytes = "plain" },
    { id = 3, whole = rover.null, part = 1e300, text = rover.null, yes = rover.null, data = rover.null, bytes = rover.null },
    { id = 4, whole = 0, part = 1 / 3, text = "javascript:alert(1)", yes = true, data = "a text", bytes = "</style>" },
    { id = 5, whole = 9007199254740992, part = -0.0, text = "</script>-->\u{2028}", yes = false, data = 7, bytes = "" },
  }, { on = "id" })
end

local EVERY = "select id, whole, part, text, yes, data, bytes, 9007199254740993 as large, null as none, id as \"a \"\"b\"\"\" from walked order by id"
local MANY = "with recursive c(x) as (select 1 union all select x + 1 from c where x < 500) select x, 'text ' || x || '<' as t, x / 8.0 as r, case when x % 3 = 0 then null else x end as n from c"

-- What a function gives are tables.
local function tables(sql) return db:all(sql) end

function api.places.get()
  fill()
  return { same = tostring(places { rows = db:all(EVERY) }) == tostring(places { rows = tables(EVERY) }) }
end
function api.places.shown.get()
  fill()
  return api.html { rows = db:all(EVERY) } [[{{ for _, row in ipairs(rows) do }}{{ row.id }} {{ row.whole }} {{ row.part }} {{ row.text }} {{ row.yes }} {{ row.large }} {{ row.none }}
{{ end }}]]
end
function api.many.get()
  local rows = db:all(MANY)
  local page = rover.html { rows = rows } [[{{ for i, row in ipairs(rows) do }}<li id={{ row.x }}>{{ i }} {{ row.t }} {{ row.r }} {{ row.n }} {{ row.n and row.n * 2 }}</li>{{ end }}{{ #rows }}]]
  local same = rover.html { rows = tables(MANY) } [[{{ for i, row in ipairs(rows) do }}<li id={{ row.x }}>{{ i }} {{ row.t }} {{ row.r }} {{ row.n }} {{ row.n and row.n * 2 }}</li>{{ end }}{{ #rows }}]]
  return { same = tostring(page) == tostring(same), length = #tostring(page), count = #rows }
end
function api.empty.get() return api.html { rows = db:all "select 1 as a where 0" } [[<ul>{{ for _, row in ipairs(rows) do }}<li>{{ row.a }}</li>{{ end }}</ul>{{ #rows }}]] end
-- A table is no text.
function api.wrong.get()
  fill()
  return api.html { rows = db:all "select data from walked where id = 2" } [[{{ for _, row in ipairs(rows) do }}{{ row.data }}{{ end }}]]
end
function rover.html.card(props) return rover.html(props) [[<b>{{ text }}</b>{{ more }}]] end
function api.components.get()
  local rows = db:all "select '<' as t, 1 as n"
  return api.html { rows = rows, cards = db:all "select 'a&b' as text, 2 as more" } [[{{ for _, row in ipairs(rows) do }}{{ card { text = row.t, more = row.n } }}{{ end }}{{ for _, props in ipairs(cards) do }}{{ card(props) }}{{ end }}]]
end
-- Two results, one of them in each round of the other, and a name that stands for three things.
function api.nested.get()
  local row = db:all "select 1 as a union all select 2"
  local more = db:all "select 3 as a union all select 4"
  return api.html { row = row, more = more } [[{{ for i, a in ipairs(row) do }}{{ for j, row in ipairs(more) do }}{{ i }}{{ j }}{{ a.a }}{{ row.a }};{{ local row = row.a }}{{ row }}{{ end }}{{ end }}]]
end

-- Lists that are made of rows.
function api.map.get()
  fill()
  local found = {}
  for _, row in ipairs(db:all(EVERY)) do
    found[#found + 1] = { id = row.id, kind = "walked", name = row.text, data = row.data, none = row.none, part = row.part, yes = row.yes, large = row.large, nothing = row.nothing, whole = row.whole, bytes = row.bytes }
  end
  return found
end
function api.map.tables.get()
  fill()
  local found = {}
  for _, row in ipairs(tables(EVERY)) do
    found[#found + 1] = { id = row.id, kind = "walked", name = row.text, data = row.data, none = row.none, part = row.part, yes = row.yes, large = row.large, nothing = row.nothing, whole = row.whole, bytes = row.bytes }
  end
  return found
end
function api.map.plain.get()
  local found = {}
  for _, row in ipairs(db:all(MANY)) do
    if row.x % 100 == 0 then found[#found + 1] = { x = row.x, t = row.t, n = row.n, of = { "a", 1, true } } end
  end
  return { rows = found, count = #found }
end
function api.map.mixed.get(ctx)
  local sum, rows = 0, db:all(MANY)
  local names, links = {}, {}
  for i, row in ipairs(rows) do
    sum = sum + row.r
    if i > 498 then
      names[#names + 1] = row.t
      links[#links + 1] = { href = "/x/" .. row.x, i = i, q = ctx:query().q, n = row.n }
    end
  end
  return { sum = sum, count = #rows, names = names, links = links }
end
-- What is read of a value in JSON is one value, however often, and what is changed in it is returned.
function api.changed.get()
  fill()
  local rows = db:all "select id, data from walked where id < 3 order by id"
  local same = true
  for _, row in ipairs(rows) do
    same = same and row.data == row.data
    row.data.n = row.id
    table.insert(row.data, 1)
  end
  return { rows = rows, same = same }
end
-- Other requests and statements come between.
function api.waiting.get()
  local sum = 0
  for _, row in ipairs(db:all "select 1 as a, 'x' as b union all select 2, 'y'") do
    rover.sleep(0.001)
    sum = sum + row.a + db:value("select $1", row.a)
    for _, other in ipairs(tables "select 10 as a") do sum = sum + other.a end
    rover.log.debug(row.b)
  end
  return { sum = sum }
end
function api.null.get()
  local sum = 0
  for _, row in ipairs(db:all "select null as a") do sum = sum + row.a end
  return { sum = sum }
end
function api.both.get(ctx)
  local rows = db:all "select 1 as a, '<' as b"
  if ctx:query().json then return { rows = rows, count = #rows } end
  return api.html:status(201, { rows = rows, n = #rows }) [[{{ n }}{{ for _, row in ipairs(rows) do }}{{ row.b }}{{ end }}]]
end

return api
