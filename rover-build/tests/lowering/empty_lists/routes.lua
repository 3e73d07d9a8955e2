-- A table that can only be a list is written as `[]` where it is empty, in both forms.
local api = rover.server {}
local shared = {}

function api.fires.get()
  local read = {}
  read[#read + 1] = 1
  return { read = read, first = read[1] }
end
function api.fires.kept.get()
  local kept = {}
  for _, v in pairs(shared) do kept[#kept + 1] = v end
  shared.kept = kept
  return kept
end
function api.fires.inserted.get()
  local list = {}
  table.insert(list, 1, 2)
  return list
end
-- The specialised form needs no table for it.
function api.fires.returned.get()
  local rows = {}
  for _, v in pairs(shared) do rows[#rows + 1] = v end
  return rows
end

function api.stays.assigned.get()
  local assigned = {}
  assigned[#assigned + 1] = 1
  if shared.x then assigned = shared end
  return assigned
end
function api.stays.second.get()
  local counted = {}
  for i = 2, 3 do counted[i] = { i = i } end
  return { counted = counted }
end
function api.stays.named.get()
  local named = {}
  named[#named + 1] = 1
  named.count = 1
  return named
end
-- `table` is the program's own.
function api.stays.shadowed.get()
  local table = shared
  local own = {}
  table.insert(own, 1)
  return own
end

return api
