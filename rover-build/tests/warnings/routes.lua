local api = rover.server {}
local store = require "lib.store"
count = 0
function api.get()
  count = count + 1
  found = store.add(count)
  return found
end

local visits, names = {}, {}
-- Each worker learns on its own.
-- rover: per-worker
local seen = {}
local known = 0 -- rover: per-worker
local cache = setmetatable({}, { __mode = "k" })

local function note(name)
  table.insert(names, name)
  store.last_name = name
end

function api.visits.p_name.get(ctx)
  local name = ctx:params().name
  visits[name] = (visits[name] or 0) + 1
  visits.all = true
  seen[name] = true
  known = known + 1
  cache[seen] = name
  note(name)
  local own = {}
  own[name] = 1
  return own
end

return api
