local api = rover.server { workers = 1 }
local visits = 0
function api.get()
  visits = visits + 1
  return visits
end
return api
