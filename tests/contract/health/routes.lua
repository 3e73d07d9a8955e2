-- Health checks beside routes, whose hooks do not touch them.
local api = rover.server { health = true }

function api.on_error(_, err) return "hook: " .. err.message end
function api.hello.get() return "hello" end

return api
