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

-- Here the program looks at them.
function api.stays.seen.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  return (__rover.reply(4, #rows, rows, db:all("select 1 as a")[1]))
end
function api.stays.passed.get() --[[budget]]  return (__rover.reply(5, (rover.json.encode(db:all "select 1 as a")))) end
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
