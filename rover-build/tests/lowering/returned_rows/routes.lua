-- Rows that are only returned become no tables. Whoever else sees them has tables.
local db = rover.db "sqlite::memory:"
local api = rover.server {}
local other = db

function api.fires.all.get() return db:all "select 1 as a" end
function api.fires.one.p_id.get(ctx)
  return db:one("select $1 as a", ctx:params().id) or api.error(404, "No row")
end
function api.fires.field.get() return { rows = other:all "select 1 as a", count = db:value "select 1" } end
function api.fires.status.get() return api.json:status(201, { db:one "select 1 as a" }) end
function api.fires.header.get() return api.json(db:all "select 1 as a"):header("x-a", "b") end
function api.fires.nested.get(ctx)
  if ctx:query().deep then return { a = { b = { (db:all "select 1 as a") } } } end
  return api.json { last = db:all("select $1 as a", 1) }
end

-- Here the program looks at them.
function api.stays.seen.get()
  local rows = db:all "select 1 as a"
  return { count = #rows, rows = rows, first = db:all("select 1 as a")[1] }
end
function api.stays.passed.get() return { text = rover.json.encode(db:all "select 1 as a") } end
function api.stays.inside.get()
  return db:transaction(function(tx) return tx:all "select 1 as a" end)
end
function api.stays.keyed.get() return { [db:one "select 1 as a"] = db:one "select 1 as a" } end
local function helper() return db:all "select 1 as a" end
function api.stays.helped.get() return helper() end
local changed = rover.db "sqlite::memory:"
changed = { all = function() return {} end }
function api.stays.changed.get() return changed:all "select 1" end

return api
