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

-- A local that is only returned, and at most asked whether it is there.
function api.fires.alone.get()
  local rows = db:all "select 1 as a"
  return rows
end
function api.fires.asked.p_id.get(ctx)
  local row, rows = db:one("select $1 as a", ctx:params().id), other:all "select 1 as a"
  if not row then return api.error(404, "No row") end
  if row == nil or rows and ctx:query().short then return { row = row } end
  return api.json({ row = row, rows = rows, again = { row } }):header("x-a", "b")
end
function api.fires.single.get() return api.json(db:one "select 1 as a"):header("x-a", "b") end
function api.fires.counted.get()
  local rows = db:all "select 1 as a"
  return { count = #rows, rows = rows }
end
-- A database that another file has made.
local made, store = require "made", require "store"
function api.fires.module.get() return { rows = made:all "select 1 as a", one = store.db:one "select 1 as a" } end

-- Here the program looks at them.
function api.stays.field.get()
  local row = db:one "select 1 as a"
  if row.a then return row end
  return {}
end
function api.stays.caught.get()
  local rows = db:all "select 1 as a"
  local function count() return #rows end
  return { rows = rows, count = count() }
end
function api.stays.closed.get()
  local rows = db:all "select 1 as a"
  local later = function() return rows end
  return { rows = rows, again = later() }
end
function api.stays.again.get()
  local rows = db:all "select 1 as a"
  rows = rows or {}
  return rows
end
function api.stays.looped.get()
  for i = 1, 3 do
    local rows = db:all("select $1 as a", i)
    if #rows > 0 then return rows end
  end
end
function api.stays.text.get()
  local row = db:one "select 1 as a"
  return api.text(row)
end
local changing = require "changing"
function api.stays.changing.get() return changing.other:all "select 1 as a" end

function api.stays.seen.get()
  local rows = db:all "select 1 as a"
  return { first = rows[1], rows = rows, other = db:all("select 1 as a")[1] }
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
