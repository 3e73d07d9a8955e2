-- Without documentation.
local api = rover.server { docs = false }

function api.get() return "root" end
function api.not_found(ctx) return "nothing at " .. ctx.path end

return api
