local api = rover.server {}
local secret = assert(os.getenv "SECRET")
function api.get() return secret end
return api
