local api = rover.server {}
function api.a.p_id.b.p_id.get(ctx) end
function api.c.p_id.rest_id.get(ctx) end
return api
