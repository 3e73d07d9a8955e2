local api = rover.server {}
-- A hook is a function, or a list of functions.
api.before = "auth"
api.admin.before = { function(ctx) end, nil, { check = true } }
api.admin.after.log = 5
-- One key, two functions.
function api.users.before(ctx) return ctx.user end
function api.users.before(ctx) end
function api.users.after.log(ctx, response) end
function api.users.after.log(ctx, response) end
-- What nothing sets.
function api.before.user(ctx) ctx.user = ctx:headers().authorization end
function api.users.get(ctx) return ctx.usr end
function api.admin.get(ctx) return ctx:render(ctx.user) end
-- What is the request's own.
function api.admin.post(ctx)
  ctx.path = "/"
  ctx.session = {}
end
-- A handler and a hook before it have no second parameter.
function api.admin.before.swapped(req, res) res:status(401) end
return api
