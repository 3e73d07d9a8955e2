local api = rover.server {}
api.before = rover.idempotent { require = true }
function api.get() return "hello" end
function api.post() return "hello" end
return api
