local api = rover.server {}
function api.a.get(ctx) return ctx:headerz() end
function api.b.get(c)
  return { m = c.metod, x = c.zzzzzz, q = function() return c:querry().a end }
end
function api.c.get(ctx) return ctx:method() end
function api.not_found(ctx) return ctx:pth() end
-- Not a ctx, or not known to be one.
local function other(ctx) return ctx:anything() end
function api.d.get(ctx)
  local x = { ctx = 1 }
  return other(x)
end
function api.e.get(ctx)
  for _, ctx in ipairs {} do ctx.anything() end
end
return api
