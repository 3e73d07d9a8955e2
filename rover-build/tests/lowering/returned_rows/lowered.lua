-- Rows that are only returned become no tables. Whoever else sees them has tables.
local db = rover.db "sqlite::memory:"
local api = rover.server {}
local other = db

function api.fires.all.get() --[[budget]]  return (db:__rover_all "select 1 as a") end
function api.fires.one.p_id.get(ctx) --[[budget]] 
  return db:__rover_one("select $1 as a", __rover.param("id")) or api.error(404, "No row")
end
function api.fires.field.get() --[[budget]]  return (__rover.reply(1, other:__rover_all "select 1 as a", (db:value "select 1"))) end
function api.fires.status.get() --[[budget]]  return (api.json:status(201, { db:__rover_one "select 1 as a" })) end
function api.fires.header.get() --[[budget]]  return (api.json(db:__rover_all "select 1 as a"):header("x-a", "b")) end
function api.fires.nested.get(ctx) --[[budget]] 
  if __rover.query("deep") then return (__rover.reply(2, { (db:__rover_all "select 1 as a") })) end
  return (__rover.reply(3, (db:__rover_all("select $1 as a", 1))))
end

-- A local that is only returned, and at most asked whether it is there.
function api.fires.alone.get() --[[budget]] 
  local rows = db:__rover_all "select 1 as a"
  return rows
end
function api.fires.asked.p_id.get(ctx) --[[budget]] 
  local row, rows = db:__rover_one("select $1 as a", __rover.param("id")), other:__rover_all "select 1 as a"
  if not row then return (__rover.reply(4)) end
  if row == nil or rows and __rover.query("short") then return (__rover.reply(5, row)) end
  return (__rover.with_header((__rover.reply(6, row, rows, { row })), "x-a", "b"))
end
function api.fires.single.get() --[[budget]]  return (api.json(db:__rover_one "select 1 as a"):header("x-a", "b")) end
function api.fires.counted.get() --[[budget]] 
  local rows = db:__rover_all "select 1 as a"
  return (__rover.reply(7, __rover.count(rows), rows))
end
-- A database that another file has made.
local made, store = require "made", require "store"
function api.fires.module.get() --[[budget]]  return (__rover.reply(8, made:__rover_all "select 1 as a", (store.db:__rover_one "select 1 as a"))) end

-- Here the program looks at them.
function api.stays.field.get() --[[budget]] 
  local row = db:one "select 1 as a"
  if row.a then return row end
  return (__rover.reply(9))
end
function api.stays.caught.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  local function count() --[[budget]]  return #rows end
  return (__rover.reply(1, rows, (count())))
end
function api.stays.closed.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  local later = function() --[[budget]]  return rows end
  return (__rover.reply(10, rows, (later())))
end
function api.stays.again.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  rows = rows or {}
  return rows
end
function api.stays.looped.get() --[[budget]] 
  for i = 1, 3 do --[[budget]] 
    local rows = db:all("select $1 as a", i)
    if #rows > 0 then return rows end
  end
end
function api.stays.text.get() --[[budget]] 
  local row = db:one "select 1 as a"
  return (api.text(row))
end
local changing = require "changing"
function api.stays.changing.get() --[[budget]]  return changing.other:all "select 1 as a" end

function api.stays.seen.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  return (__rover.reply(11, rows[1], rows, db:all("select 1 as a")[1]))
end
function api.stays.passed.get() --[[budget]]  return (__rover.reply(12, (rover.json.encode(db:all "select 1 as a")))) end
function api.stays.inside.get() --[[budget]] 
  return db:transaction(function(tx) --[[budget]]  return tx:all "select 1 as a" end)
end
function api.stays.keyed.get() --[[budget]]  return { [db:one "select 1 as a"] = db:one "select 1 as a" } end
local function helper() --[[budget]]  return (db:all "select 1 as a") end
function api.stays.helped.get() --[[budget]]  return helper() end
local changed = rover.db "sqlite::memory:"
changed = { all = function() --[[budget]]  return {} end }
function api.stays.changed.get() --[[budget]]  return changed:all "select 1" end

return api
