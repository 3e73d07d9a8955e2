local api = rover.server {}
local name = io.read("*l")
function api.get() return name end
return api
