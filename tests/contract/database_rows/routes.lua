-- What is only returned, as the driver has left it: the same bytes as of tables.
local db = rover.db("sqlite::memory:", { slow_query = 0 })
local api = rover.server { port = 0, files = {} }

-- rover: per-worker
local ready
local function fill()
  if ready then return end
  ready = true
  db:exec "create table if not exists kinds (id integer primary key, whole integer, part real, text text, yes boolean, data json, bytes blob)"
  db:upsert("kinds", {
    { id = 1, whole = 1, part = 1.5, text = "a\"\\\n\1ä\u{1F600}", yes = true, data = { b = { 1, 2.5, rover.array {} }, a = "x" }, bytes = "\255\254" },
    { id = 2, whole = -3, part = 2, text = "", yes = false, data = rover.array {}, bytes = "plain" },
    { id = 3, whole = rover.null, part = 1e300, text = rover.null, yes = rover.null, data = rover.null, bytes = rover.null },
  }, { on = "id" })
end

local EVERY = "select id, whole, part, text, yes, data, bytes, 9007199254740993 as large, null as none, id as \"a \"\"b\"\"\" from kinds order by id"

function api.every.get() fill() return db:all(EVERY) end
function api.every.tables.get() fill() local rows = db:all(EVERY) return rows end
function api.field.get() fill() return { first = 1, rows = db:all "select id from kinds", none = db:all "select id from kinds where 0", last = db:one "select text from kinds where id = 1" } end
function api.one.p_id.get(ctx) fill() return db:one("select id, text from kinds where id = $1", tonumber(ctx:params().id)) or api.error(404, "No such row") end
function api.absent.get() fill() return { row = db:one "select id from kinds where 0", other = 1 } end
function api.nothing.get() fill() return db:one "select id from kinds where 0" end
function api.status.get() fill() return api.json:status(201, { db:all "select id from kinds", db:one "select id from kinds" }) end
function api.header.get() fill() return api.json(db:all "select id from kinds"):header("x-rows", "3") end
function api.nested.get() fill() return { a = { b = { (db:all "select id from kinds") } } } end
function api.both.get() fill() return { x = db:all "select id from kinds" or "none", y = db:all "select whole from kinds" } end
function api.written.get() return db:one "insert into kinds (whole) values (7) returning whole, part" end
function api.wrong.get() return db:all(string.rep("select * from nowhere", 1)) end
function api.named.get() return { row = db:one("select :a as a, :b as b", { a = "x" }) } end
function api.wide.get() return db:all "with recursive c(x) as (select 1 union all select x + 1 from c where x < 3000) select x, 'text ' || x as t from c where x % 1000 = 0" end

-- A local that is only returned, a database of another file.
local store = require "store"
function api.loc.all.get() fill() local rows = db:all "select id, data from kinds where id < 3" return rows end
function api.loc.one.p_id.get(ctx)
  fill()
  local row = db:one("select id, text, data from kinds where id = $1", tonumber(ctx:params().id))
  if not row then return api.error(404, "No such row") end
  return { row = row, again = { row }, none = db:one "select 1 where 0" }
end
function api.loc.both.get(ctx)
  fill()
  local rows, row = db:all "select id from kinds where id < 4", db:one "select id from kinds where 0"
  if row == nil and ctx:query().x then return api.json({ rows = rows, x = ctx:query().x }):header("x-a", "b") end
  return rows or row
end
function api.loc.single.get() fill() return api.json(db:one "select id from kinds"):header("x-a", "b") end
function api.loc.module.get() return { rows = store.db:all "select 1 as a, null as b", one = store.other:one "select 2 as a" } end

return api
