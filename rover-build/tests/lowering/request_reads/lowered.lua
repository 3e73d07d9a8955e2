-- A read of the request by name needs no table: `ctx:query().page` asks for one value.
local api = rover.server {}
local shared = {}

function api.fires.p_id.get(ctx) --[[budget]] 
  local p, q = nil, nil
  return (__rover.reply(1, __rover.query("page") or "1"))

end

-- The inner `ctx` is another value of the same name.
function api.fires.shadowed.p_id.get(ctx) --[[budget]] 
  local id = __rover.param("id")
  do
    local ctx = shared
    id = id .. ctx:params().id
  end
  return id
end

-- A check against a schema that is constant.
local guard, null = rover.guard, rover.null
function api.fires.checked.post(ctx) --[[budget]] 
  return __rover.expect(1, 0)
end

-- A module that is given the server.
require "module" (api)

-- Tables that are used whole.
function api.stays.whole.p_id.get(ctx) --[[budget]] 
  local q = ctx:query()
  for k in pairs(q) do --[[budget]]  shared[k] = true end
  return (__rover.reply(3, q.a, ctx:params(), ctx:params().id))
end

-- A table that is written to.
function api.stays.written.get(ctx) --[[budget]] 
  local q = ctx:query()
  q.a = "b"
  return (__rover.reply(4, ctx:query().a))
end

-- A function inside may run later.
function api.stays.later.get(ctx) --[[budget]] 
  shared.f = function() --[[budget]]  return ctx:query().a, ctx.path end
  return (__rover.reply(5, ctx:query().a))
end

-- An escaping ctx: anything may happen to its tables.
function api.stays.escapes.p_id.get(ctx) --[[budget]] 
  shared.g(ctx)
  return (__rover.reply(6, ctx:params().id))
end

return api
