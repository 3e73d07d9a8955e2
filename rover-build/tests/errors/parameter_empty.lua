local api = rover.server {}
function api.a.p_.get(ctx) end
function api.b.rest_.get(ctx) end
return api
