-- Hooks, handlers and their helpers have one `ctx`: what one writes into its tables, those after it read.
local api = rover.server {}

function api.query.before(ctx)
  local query = ctx:query()
  query.page = query.page or "1"
end
function api.query.get(ctx) return { page = ctx:query().page, size = ctx:query().size } end

-- Not below the hook.
function api.plain.get(ctx) return { page = ctx:query().page } end

local function of(ctx) return ctx:query().page end
function api.query.helper.get(ctx) return { page = of(ctx) } end

function api.params.before(ctx)
  local params = ctx:params()
  if params.id then params.id = params.id:lower() end
end
function api.params.p_id.get(ctx) return ctx:params().id end

-- A handler, and a hook after it.
function api.later.get(ctx)
  local query = ctx:query()
  query.seen = "by the handler"
  return query.page
end
function api.later.after(ctx, response)
  return response:header("x-seen", ctx:query().seen or "no")
end

-- Two hooks.
function api.two.before.first(ctx)
  local headers = ctx:headers()
  headers["x-user"] = "ann"
end
function api.two.before.second(ctx) ctx.user = ctx:headers()["x-user"] end
function api.two.get(ctx) return { user = ctx.user, header = ctx:headers()["x-user"] } end

return api
