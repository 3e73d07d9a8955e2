-- What may not be set may be nil at the start, too.
local users = "http://" .. rover.env.USERS_HOST .. "/v1"
local api = rover.server {}

function api.get() return users end

return api
