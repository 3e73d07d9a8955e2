-- What hooks set on `ctx` is in what handlers answer.
local api = rover.server {}

function api.before.user(ctx)
  local name = ctx:headers()["x-user"]
  if not name then return api.error(401, "Log in") end
  ctx.user = { name = name, id = 7, admin = name == "root" }
  ctx.began = os.time()
end
function api.me.get(ctx) return { user = ctx.user, name = ctx.user.name, began = ctx.began } end
-- Perhaps nobody has set it.
function api.me.post(ctx) return ctx.user end

-- Of two types, one for each path.
function api.a.before(ctx) ctx.kind = "a" end
function api.b.before(ctx) ctx.kind = 1 end
function api.a.get(ctx) return { kind = ctx.kind } end
function api.b.get(ctx) return { kind = ctx.kind } end

-- A helper sets it.
local function keep(ctx, text) ctx.kept = text .. "!" end
function api.kept.before(ctx) keep(ctx, "kept") end
function api.kept.get(ctx) return { kept = ctx.kept } end

-- Changed afterwards, made of itself, set by a function inside: nothing is said of these.
function api.changed.before(ctx) ctx.basket = { count = 1 } end
function api.changed.get(ctx)
  local basket = ctx.basket
  basket.count = "many"
  return { count = ctx.basket.count }
end
function api.itself.before(ctx) ctx.list = ctx.list or {} end
function api.itself.get(ctx) return { list = ctx.list } end
function api.inside.before(ctx)
  local function set(value) ctx.inner = value end
  set(1)
end
function api.inside.get(ctx) return { inner = ctx.inner } end

return api
