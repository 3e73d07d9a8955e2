-- Hooks are rewritten as handlers are, and no `ctx` is made where neither needs one.
local api = rover.server {}

function api.fires.before(ctx)
  if ctx:headers().Authorization ~= "Bearer secret" then return api.error(401, "No token") end
end
function api.fires.get(ctx) return { id = ctx.request_id } end
-- The check comes after the hook, not before the handler.
function api.fires.checked.post(ctx)
  local body = ctx:body():expect { name = rover.guard.string():required() }
  return { name = body.name }
end

-- Locals that stand in such places alone.
local function first(ctx)
  if ctx:query().q == "first" then return { first = true } end
end
local second = function(ctx, response) response:header("x-path", ctx.path) end
local function show(ctx) return { q = ctx:query().q } end
api.fires.list.before = { first }
api.fires.list.after = { second, function(ctx, response) response:status(201) end }
api.fires.list.get = show

-- A field of `ctx` needs one, for all that follows.
function api.fires.field.before.user(ctx) ctx.user = ctx:cookies().user end
function api.fires.field.get(ctx) return { user = ctx.user } end

-- Without hooks all is as it was.
function api.stays.constant.get() return { always = "the same" } end

-- Others may call it.
local function check(ctx)
  if ctx:query().q == "check" then return { check = true } end
end
function api.stays.called.before(ctx) return check(ctx) end
api.stays.called.list.before = { check }
function api.stays.called.list.get(ctx) return { always = "the same" } end

return api
