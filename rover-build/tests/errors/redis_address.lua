local api = rover.server {}
local redis = rover.redis("redis://:secret@localhost:63790000")

function api.get()
  return { visits = redis:incr "visits" }
end

return api
