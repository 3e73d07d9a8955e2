-- Contract section 7: the forms of errors, and what is no mistake of the client's.
local api = rover.server {}
local g = rover.guard

local ORDER = g:object {
  user = g:object { name = g:string():required(), email = g:string():format("email") }:required(),
  items = g:array(g:object { id = g:integer():required(), count = g:integer():min(1):default(1) }):required():min(1),
  note = g:string(),
}

function api.order.post(ctx) return ctx:body():expect(ORDER) end
function api.caught.post(ctx)
  local ok, e = pcall(function() return ctx:body():expect(ORDER) end)
  if ok then return e end
  return { text = tostring(e), status = e.status, first = e.errors[1], count = #e.errors }
end
function api.sent.post(ctx)
  local ok, e = pcall(function() return ctx:body():expect(ORDER) end)
  return ok and "ok" or api.error(422, e)
end
function api.again.post(ctx)
  local ok, e = pcall(function() return ctx:body():expect(ORDER) end)
  if not ok then error(e) end
end
function api.guard.post(ctx) return rover.guard({ user = { name = 1 }, items = {} }, ORDER) end
function api.whole.post(ctx) return ctx:body():expect(g:array(g:integer())) end
function api.scalar.post(ctx) return { value = ctx:body():expect(g:integer():required()) } end
function api.value.get(ctx)
  return { rover.guard(7, g:integer()), rover.guard(nil, g:string():default("d")), rover.guard({ 1, 2 }, { type = "array" }) }
end
function api.null.get()
  return { rover.guard({ a = rover.null }, { a = g:integer():required():nullable() }),
    rover.guard(rover.null, g:string():nullable()) }
end
function api.absent.get() return { value = rover.guard(nil, g:string():required()) } end
function api.kinds.get()
  local kinds = { f = function() end, t = { 1 }, o = { a = 1 }, e = {}, n = 0 / 0 }
  local function told(schema)
    local ok, e = pcall(rover.guard, kinds, schema)
    return ok and e or tostring(e)
  end
  return {
    told { f = g:string(), t = g:object { a = g:any() }, o = g:array(g:any()), n = g:integer() },
    told { e = g:array(g:any()) },
    told { e = g:object { a = g:any() } },
    told { n = g:number():min(0) },
  }
end
function api.many.post(ctx) return ctx:body():expect { v = g:array(g:string()) } end
function api.nobody.post(ctx)
  local body = ctx:body()
  return body and body:expect(ORDER) or "none"
end

-- Mistakes of the program's.
function api.wrong.schema.post(ctx)
  local schema = { [1] = "string" }
  schema.type = "string"
  return ctx:body():expect(schema)
end
function api.wrong.text.get() return { rover.guard(1, tostring("string")) } end
function api.wrong.chain.get()
  local option = "m" .. "in"
  local ok, e = pcall(function() local s = g:boolean()[option](g:boolean(), 1) end)
  return { e }
end
function api.wrong.member.get()
  local name = "requird"
  local _, a = pcall(function() return g:string()[name](1) end)
  local _, b = pcall(function() return g[name] end)
  local _, c = pcall(function() g.x = 1 end)
  local _, d = pcall(function() g:string().x = 1 end)
  local _, e = pcall(function() local required = g:string().required required() end)
  return { a, b, c, d, e }
end
function api.wrong.deep.get()
  local t = { type = "object" }
  t.schema = { t = t }
  local ok, e = pcall(rover.guard, {}, t)
  return { ok, e }
end

return api
