local api = rover.server {}
function api.users.p_id.get(ctx) end
function api.users.p_user.posts.get(ctx) end
function api.files.rest_a.get(ctx) end
function api.files.rest_b.post(ctx) end
return api
