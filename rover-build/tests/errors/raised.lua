local api = rover.server {}
local settings = nil
function api.hello.get() return settings.name end
api.port.get = settings.handler
return api
