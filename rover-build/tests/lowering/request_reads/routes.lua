-- A read of the request by name needs no table: `ctx:query().page` asks for one value.
local api = rover.server {}
local shared = {}

function api.fires.p_id.get(ctx)
  local p, q = ctx:params(), ctx:query()
  return { id = p.id, page = q.page or "1", agent = ctx:headers()["User-Agent"], s = ctx.cookies().s,
    path = ctx.path, method = ctx.method }
end

-- The inner `ctx` is another value of the same name.
function api.fires.shadowed.p_id.get(ctx)
  local id = ctx:params().id
  do
    local ctx = shared
    id = id .. ctx:params().id
  end
  return id
end

-- A check against a schema that is constant.
local guard, null = rover.guard, rover.null
function api.fires.checked.post(ctx)
  return ctx:query():expect { a = guard.string():nullable():default(null) }
end

-- A module that is given the server.
require "module" (api)

-- Tables that are used whole.
function api.stays.whole.p_id.get(ctx)
  local q = ctx:query()
  for k in pairs(q) do shared[k] = true end
  return { q = q.a, params = ctx:params(), id = ctx:params().id }
end

-- A table that is written to.
function api.stays.written.get(ctx)
  local q = ctx:query()
  q.a = "b"
  return { a = ctx:query().a }
end

-- A function inside may run later.
function api.stays.later.get(ctx)
  shared.f = function() return ctx:query().a, ctx.path end
  return { ok = true, a = ctx:query().a }
end

-- An escaping ctx: anything may happen to its tables.
function api.stays.escapes.p_id.get(ctx)
  shared.g(ctx)
  return { id = ctx:params().id, path = ctx.path }
end

return api
