local api = rover.server {}

local function user(c) return c:cookie().session end

function api.me.get(ctx)
  return { user = user(ctx) }
end

return api
