local g = rover.guard
local env = rover.env { LIMIT = g:integer() }
local api = rover.server {}
local half = env.LIMIT / 2

function api.get() return half end

return api
