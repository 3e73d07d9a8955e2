-- Behind a proxy clients are told apart by what it says.
local api = rover.server { workers = 1, trusted_proxies = { "loopback" } }
api.before = rover.rate_limit { rate = "1/day" }
function api.get(ctx) return ctx.client_ip end
return api
