local api = rover.server {}
api.before = rover.rate_limit { burst = 5 }
function api.get() return "hello" end
function api.post() return "hello" end
return api
