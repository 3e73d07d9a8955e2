-- Locals that hold a part of the request, which is checked through them. What the program
-- becomes is `lowered.lua`.
local api = rover.server {}
local g = rover.guard
local shared = {} -- rover: per-worker

local NAME = g:object { name = g:string():required(), count = g:integer():default(1) }
local PAGE = g:object { page = g:integer():min(1):default(1) }

-- As if it were written in one.
function api.read.post(ctx) --[[budget]] 
  local body = nil
  local new = __rover.check_in_place(0, 0, 0)
  return (__rover.reply(1))
end
function api.given.post(ctx) --[[budget]] 
  local body = nil
  return __rover.expect(0, 0)
end
function api.query.get(ctx) --[[budget]] 
  local query = nil
  local checked = __rover.check_in_place(1, 1, 1)
  return (__rover.reply(2))
end
function api.params.p_id.get(ctx) --[[budget]] 
  local query, params = nil, nil
  return (__rover.reply(3, __rover.expect(2, 2).id, __rover.expect(1, 1).page))
end
function api.methods.post(ctx) --[[budget]] 
  local body = nil
  return (__rover.reply(4, __rover.body_json(), __rover.body_text(), (__rover.body_raw())))
end
local function checked(c) --[[budget]] 
  local body = nil
  return __rover.expect(0, 0)
end
function api.helper.post(ctx) --[[budget]]  return checked(ctx) end

-- The body is looked at, too: checked without its table, which is made for the rest.
function api.tested.post(ctx) --[[budget]] 
  local body = ctx:body()
  if not body then return (__rover.reply(5)) end
  local new = __rover.check_in_place(0, 0, 2)
  return (__rover.reply(6))
end
function api.passed.post(ctx) --[[budget]] 
  local body = ctx:body()
  shared.text = tostring(body)
  return (__rover.reply(7, __rover.expect(0, 0).name, shared.text))
end
function api.form.post(ctx) --[[budget]] 
  local body = ctx:body()
  return (__rover.reply(8, __rover.or_400(body):form().name, (__rover.or_400(body):form_all("name"))))
end

-- Not the request's any more, later, or of another.
function api.again.post(ctx) --[[budget]] 
  local body = ctx:body()
  if __rover.query("fake") then body = { expect = function() --[[budget]]  return { name = "fake" } end } end
  return (__rover.reply(9, __rover.expecting(body):expect(NAME).name))
end
function api.later.post(ctx) --[[budget]] 
  local body = ctx:body()
  local read = function() --[[budget]]  return __rover.expecting(__rover.or_400(body)):expect(NAME) end
  shared.read = read
  return (__rover.reply(9, read().name))
end
function api.later.get() --[[budget]] 
  local ok, message = pcall(shared.read)
  return (__rover.reply(10, ok, (message:gsub("^.-: ", ""))))
end
function api.written.get(ctx) --[[budget]] 
  local query = ctx:query()
  query.expect = function() --[[budget]]  return { page = "own" } end
  return (__rover.reply(11, __rover.expecting(query):expect(PAGE).page))
end
function api.iterated.get(ctx) --[[budget]] 
  local query = ctx:query()
  local n = 0
  for _ in pairs(query) do --[[budget]]  n = n + 1 end
  return (__rover.reply(12, n, __rover.expecting(query):expect(PAGE).page))
end
function api.made.post(ctx) --[[budget]] 
  local body = ctx:body()
  local schema = NAME
  if __rover.path() == "" then schema = nil end
  return (__rover.expecting(__rover.or_400(body)):expect(schema))
end
function api.fake.post(ctx) --[[budget]] 
  local ctx = { body = function() --[[budget]]  return { expect = function() --[[budget]]  return { name = "fake" } end } end }
  local body = ctx:body()
  return (__rover.reply(9, __rover.expecting(body):expect(NAME).name))
end
function api.unknown.post(ctx) --[[budget]] 
  local body, name = ctx:body(), "nothing"
  return body[name](body)
end

return api
