local api = rover.server {}
local visits = rover.shared "visits"

local function slowly(count)
  rover.sleep(1)
  return (count or 0) + 1
end

function api.get() return { visits = visits:update("all", slowly) } end
return api
