local api = rover.server {}
local url = os.getenv "DATABASE_URL"

local host = url:match "//(.-)/"
function api.get() return host end
return api
