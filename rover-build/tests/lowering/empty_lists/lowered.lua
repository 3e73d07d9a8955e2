-- A table that can only be a list is written as `[]` where it is empty, in both forms.
local api = rover.server {}
local shared = {}

function api.fires.get() --[[budget]] 
  local read = __rover.rows()
  read[#read + 1] = 1
  return (__rover.reply(1, read, read[1]))
end
function api.fires.kept.get() --[[budget]] 
  local kept = __rover.rows()
  for _, v in pairs(shared) do --[[budget]]  kept[#kept + 1] = v end
  shared.kept = kept
  return kept
end
function api.fires.inserted.get() --[[budget]] 
  local list = __rover.rows()
  table.insert(list, 1, 2)
  return list
end
-- The specialised form needs no table for it.
function api.fires.returned.get() --[[budget]] 
  local rows = __rover.list()
  for _, v in pairs(shared) do --[[budget]]  do __rover.put_v(rows, -1, v) end end
  return (__rover.reply(2, rows))
end

function api.stays.assigned.get() --[[budget]] 
  local assigned = {}
  assigned[#assigned + 1] = 1
  if shared.x then assigned = shared end
  return assigned
end
function api.stays.second.get() --[[budget]] 
  local counted = {}
  for i = 2, 3 do --[[budget]]  counted[i] = { i = i } end
  return (__rover.reply(3, counted))
end
function api.stays.named.get() --[[budget]] 
  local named = {}
  named[#named + 1] = 1
  named.count = 1
  return named
end
-- `table` is the program's own.
function api.stays.shadowed.get() --[[budget]] 
  local table = shared
  local own = {}
  table.insert(own, 1)
  return own
end

return api
