-- A table that can only be a list is written as `[]` where it is empty, in both forms.
local api = rover.server {}
local shared = {}

function api.fires.get() --[[budget]] 
  local read = __rover.rows()
  read[#read + 1] = 1
  return { read = read, first = read[1] }
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
  local rows = __rover.rows()
  for _, v in pairs(shared) do --[[budget]]  rows[#rows + 1] = v end
  return rows
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
  return { counted = counted }
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
