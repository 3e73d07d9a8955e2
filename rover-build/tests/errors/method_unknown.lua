local api = rover.server {}
function api.users.gett(ctx) end
function api.users.fetch_all(ctx) end
function api.hello(ctx) end
return api
