local api = rover.server {
  sessions = { secret = { "0123456789abcdef0123456789abcdef", "the old one" }, name = "__Host-s", secure = false },
}

function api.get(ctx) return ctx:session() end

return api
