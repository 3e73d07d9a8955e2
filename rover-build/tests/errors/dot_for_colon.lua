local api = rover.server {}
local g = rover.guard

local NAME = g.string():required()

function api.a.get(ctx)
  return api.json({}).header("x-a", "b")
end

function api.b.get(ctx)
  local r = api.text:status(201, "b"):header("x-a", "b")
  r.cookie("a", "b")
  return r
end

function api.c.post(ctx)
  local body = ctx.body()
  return { ctx:body().json(), body.text(), ctx.query().expect { name = NAME } }
end

function api.d.get(ctx)
  return api.html({ a = 1 }) [[<p>{{ a }}</p>]].status(404)
end

-- A builder and `ctx` take both.
function api.e.get(ctx)
  local body = ctx:body()
  local text = body.text(body)
  local rows = { header = function() return 1 end }
  return api.json.status(201, { ctx.query().page, rows.header("a"), g.string():min(1) and 1 }):header("a", "b")
end

return api
