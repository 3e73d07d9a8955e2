local api = rover.server {}
local redis = rover.redis("redis://localhost", { time_out = 2 })

function api.get()
  return { visits = redis:incr "visits" }
end

return api
