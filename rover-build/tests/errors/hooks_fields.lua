-- A field may be set by code that is not followed: nothing is said of `role`, which `put` may set.
local api = rover.server {}
local function put(t, key, value) t[key] = value end
local tools = { put = put }
function api.before(ctx)
  tools[ctx.method == "GET" and "put"](ctx, "role", "guest")
  ctx.user = "ann"
end
function api.get(ctx) return { ctx.role, ctx.user, ctx.rol } end
return api
