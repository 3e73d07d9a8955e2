rover.env.PORT = "4242"
local api = rover.server {}

function api.get() return "hello" end

return api
