local api = rover.server {}
function api.json.get() end
function api.config.get() end
function api.error(ctx) end
function api.redirect.there.get() end
function api.users.json.get() end
return api
