local api = rover.server { sessions = { ttl = "1d" } }

function api.get(ctx) return ctx:session() end

return api
