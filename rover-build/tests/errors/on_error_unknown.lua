local api = rover.server {}
function api.on_error(x) return { error = x:match("(.*)") } end
return api
