-- Contract section 4, all but the body.
local api = rover.server {}

function api.line.get(ctx) return { method = ctx.method, path = ctx.path } end
function api.p_a.path.get(ctx) return { path = ctx.path } end
function api.params.p_a.p_b.get(ctx)
  local p = ctx:params()
  return { a = p.a, b = p.b, same = p == ctx.params(), none = p.none }
end
function api.query.get(ctx) return { q = ctx:query().q } end
function api.query.dot.get(ctx) return { q = ctx.query().q } end
function api.query.all.get(ctx) return ctx:query_all("q") end
function api.query.count.get(ctx)
  local n = 0
  for _ in pairs(ctx:query()) do n = n + 1 end
  return n
end
function api.headers.get(ctx)
  local h = ctx:headers()
  return { lower = h["x-thing"], exact = h["X-Thing"], odd = h["x-THING"], none = h.absent }
end
function api.headers.names.get(ctx)
  local names = {}
  for name in pairs(ctx:headers()) do
    if name:find("^x%-") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end
function api.headers.all.get(ctx) return ctx:header_all("X-Thing") end
function api.cookies.get(ctx) return ctx:cookies() end
function api.parts.p_id.get(ctx)
  local q, h = ctx:query(), ctx:headers()
  return {
    first = ctx:cookies().none,
    id = ctx:params().id,
    nested = { method = ctx.method, q = q.q, h = h["X-Thing"], c = ctx:cookies().c },
    again = { q = q.q .. "!", odd = (h["x-thing"]) },
    ip = ctx.client_ip, path = ctx.path, request = ctx.request_id,
  }
end
function api.ip.get(ctx) return ctx.client_ip end
function api.id.get(ctx) return ctx.request_id end
function api.values.get(ctx)
  ctx:set("k", { 1, 2 })
  ctx.set("other", "x")
  return { k = ctx:get("k"), other = ctx.get("other"), none = ctx:get("none") }
end
function api.unknown.get(ctx)
  local c = ctx
  return c:headerz()
end
function api.assign.get(ctx)
  local c = ctx
  c.params = 1
end
-- Other names are the program's, also where it is not seen that they are set.
function api.fields.get(ctx)
  local c = ctx
  c.name, c.none = "a name", nil
  for _, key in ipairs { "first", "second" } do c[key] = key end
  return { name = ctx.name, none = ctx.none, again = c.name, first = ctx.first, second = c.second, set = ctx:get("name") }
end
function api.fields.unset.get(ctx) return { name = ctx.name, first = ctx.first } end

local kept -- rover: per-worker
function api.keep.get(ctx)
  kept = ctx
  ctx:params()
  return "kept"
end
function api.kept.get()
  local ok, message = pcall(function() return kept:params() end)
  return { ok = ok, message = message }
end
function api.kept.field.get() return kept.path end

return api
