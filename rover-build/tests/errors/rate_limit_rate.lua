local api = rover.server {}
api.before = rover.rate_limit { rate = "100 a minute" }
function api.get() return "hello" end
function api.post() return "hello" end
return api
