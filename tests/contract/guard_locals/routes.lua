-- Locals that hold a part of the request, which is checked through them. What the program
-- becomes is `lowered.lua`.
local api = rover.server {}
local g = rover.guard
local shared = {} -- rover: per-worker

local NAME = g:object { name = g:string():required(), count = g:integer():default(1) }
local PAGE = g:object { page = g:integer():min(1):default(1) }

-- As if it were written in one.
function api.read.post(ctx)
  local body = ctx:body()
  local new = body:expect(NAME)
  return { name = new.name, count = new.count }
end
function api.given.post(ctx)
  local body = ctx:body()
  return body:expect(NAME)
end
function api.query.get(ctx)
  local query = ctx:query()
  local checked = query:expect(PAGE)
  return { page = checked.page, sort = query.sort }
end
function api.params.p_id.get(ctx)
  local query, params = ctx.query(), ctx.params()
  return { id = params:expect({ id = g:integer():required() }).id, page = query:expect(PAGE).page, text = params.id }
end
function api.methods.post(ctx)
  local body = ctx:body()
  return { json = body:json(), text = body:text(), raw = body:raw() }
end
local function checked(c)
  local body = c:body()
  return body:expect(NAME)
end
function api.helper.post(ctx) return checked(ctx) end

-- The body is looked at, too: checked without its table, which is made for the rest.
function api.tested.post(ctx)
  local body = ctx:body()
  if not body then return api.error(422, "Send something") end
  local new = body:expect(NAME)
  return { name = new.name }
end
function api.passed.post(ctx)
  local body = ctx:body()
  shared.text = tostring(body)
  return { name = body:expect(NAME).name, text = shared.text }
end
function api.form.post(ctx)
  local body = ctx:body()
  return { name = body:form().name, all = body:form_all("name") }
end

-- Not the request's any more, later, or of another.
function api.again.post(ctx)
  local body = ctx:body()
  if ctx:query().fake then body = { expect = function() return { name = "fake" } end } end
  return { name = body:expect(NAME).name }
end
function api.later.post(ctx)
  local body = ctx:body()
  local read = function() return body:expect(NAME) end
  shared.read = read
  return { name = read().name }
end
function api.later.get()
  local ok, message = pcall(shared.read)
  return { ok = ok, message = message:gsub("^.-: ", "") }
end
function api.written.get(ctx)
  local query = ctx:query()
  query.expect = function() return { page = "own" } end
  return { page = query:expect(PAGE).page }
end
function api.iterated.get(ctx)
  local query = ctx:query()
  local n = 0
  for _ in pairs(query) do n = n + 1 end
  return { n = n, page = query:expect(PAGE).page }
end
function api.made.post(ctx)
  local body = ctx:body()
  local schema = NAME
  if ctx.path == "" then schema = nil end
  return body:expect(schema)
end
function api.fake.post(ctx)
  local ctx = { body = function() return { expect = function() return { name = "fake" } end } end }
  local body = ctx:body()
  return { name = body:expect(NAME).name }
end
function api.unknown.post(ctx)
  local body, name = ctx:body(), "nothing"
  return body[name](body)
end

return api
