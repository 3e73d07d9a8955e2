local api = rover.server {}

local function user(c) return c:session().user end

function api.before(ctx)
  ctx.user = user(ctx)
end

function api.form.get(ctx)
  return { user = ctx.user, token = ctx.csrf() }
end

return api
