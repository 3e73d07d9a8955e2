-- A client's names never shadow a method, and a method is no value.
local api = rover.server {}
local g = rover.guard
local QUERY = g:object { page = g:integer():default(1) }
local PATH = g:object { expect = g:integer() }

local function page(q) return q:expect(QUERY) end

function api.passed.get(ctx) return page(ctx:query()) end
function api.walked.get(ctx)
  local q, n = ctx:query(), 0
  for _ in pairs(q) do n = n + 1 end
  return { n = n, page = q:expect(QUERY).page }
end
function api.direct.get(ctx) return ctx:query():expect(QUERY) end
function api.made.get(ctx)
  local schema = g:object { page = g:integer():default(#ctx.path) }
  return ctx:query():expect(schema)
end
function api.value.get(ctx) return { value = ctx:query().expect, kind = type(ctx:query().expect) } end
function api.dynamic.get(ctx)
  local q, key = ctx:query(), "expect"
  return { value = q[key], kind = type(q[key]) }
end
function api.path.p_expect.get(ctx)
  local p = ctx:params()
  local n = 0
  for _ in pairs(p) do n = n + 1 end
  return { p:expect(PATH).expect, p.expect, n }
end
-- An object of the program's own has the methods that it has.
function api.own.get(ctx)
  local t = { expect = function(self, what) return self.name .. what end, name = "own " }
  return t:expect(ctx:query().expect or "nothing")
end
function api.nothing.get()
  local t
  local ok, message = pcall(function() return t:expect(QUERY) end)
  return { ok, message }
end

return api
