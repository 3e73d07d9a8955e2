local api = rover.server {
  sessions = {
    secret = "too short", ttl = "a week", store = "memory", name = "my session", same_site = "loose", secure = 1,
    sekret = "x",
  },
}

function api.get(ctx) return ctx:session() end

return api
