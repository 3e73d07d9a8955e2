local api = rover.server {}
local redis = rover.redis(os.getenv "REDIS_URL")
local title = redis:get "title"

function api.get()
  return { title = title }
end

return api
