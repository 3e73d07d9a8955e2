local api = rover.server {}
local page = rover.template "template_file.html"

function rover.html.card(props)
  return rover.html(props) [[<p>{{ text }}</p>]]
end

local function user(ctx) return { name = "Ada" } end
local function counter() return function() return 1 end end

function api.a.get(ctx)
  return function() return "late" end
end
function api.b.get(ctx) return user end
function api.c.get(ctx)
  if ctx.path == "/c" then return rover.html.card end
  return page
end
function api.d.get(ctx) return ctx:query().x and user(ctx) or user end
function api.e.get(ctx) return counter() end
function api.f.get(ctx) return api.json end

-- These call what they return.
function api.g.get(ctx) return user(ctx) end
function api.h.get(ctx) return counter()() end
function api.i.get(ctx)
  local user = user(ctx)
  return user
end

return api
