-- What the fuzz targets ask: no input may make any of these fail.
local api = rover.server { docs = false }
local g = rover.guard

-- Their values are any bytes, which JSON is not.
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end

function api.get() return "root" end
function api.items.p_id.get(ctx) return { id = ctx:params().id, query = ctx:query(), headers = count(ctx:headers()) } end
function api.items.rest_path.put(ctx) return { rest = ctx:params().path, cookies = count(ctx:cookies()) } end
function api.echo.post(ctx) return { value = ctx:body():json() } end
function api.field.post(ctx) return { a = ctx:body():json().a } end
function api.form.post(ctx) return { fields = count(ctx:body():form()), all = #ctx:body():form_all("a") } end
function api.plain.post(ctx) return ctx:body():text() end
local schema = g:object {
  name = g:string():required():max(10), n = g:integer():min(0):default(1),
  tags = g:array(g:string():enum { "a", "b" }), at = g:string():format("date-time"),
  mail = g:string():format("email"), id = g:string():format("uuid"), link = g:string():format("uri"),
  word = g:string():pattern("^%a+[%d_]-$"):len(2, 5), ratio = g:number():min(-1.5):max(1e3):nullable(),
  flag = g:boolean():default(true), any = g:any(), pair = g:array(g:integer():required()):len(2),
  rows = g:array(g:object { k = g:string():required("no key"), v = g:any():nullable() }):default {},
  deep = g:object { a = g:object { b = g:integer():max(2) }:required() }:nullable(),
}
function api.guard.post(ctx) return ctx:body():expect(schema) end
-- The compiler does not look into tables: the VM makes and checks these.
local made = { schema }
for _, same in ipairs(made) do
  api.guard.made.post = function(ctx) return ctx:body():expect(same) end
  api.guard.value.post = function(ctx) return rover.guard(ctx:body():json(), same) end
end

-- Builds a value from bytes: a stack machine whose result is encoded.
function api.value.post(ctx)
  local code, stack, n = ctx:body():raw(), {}, 0
  local function push(v) n = n + 1 stack[n] = v end
  local function pop() local v = stack[n] if n > 0 then stack[n] = nil n = n - 1 end return v end
  for i = 1, #code do
    local b = code:byte(i)
    local op = b % 16
    if op == 0 then push({}) elseif op == 1 then push(rover.array())
    elseif op == 2 then push(b) elseif op == 3 then push(b / 7) elseif op == 4 then push(-2 ^ b)
    elseif op == 5 then push(code:sub(i + 1, i + b % 9)) elseif op == 6 then push(b > 100)
    elseif op == 7 then push(rover.null) elseif op == 8 then push(0 / 0)
    elseif op == 9 then local v, t = pop(), stack[n] if type(t) == "table" then t[#t + 1] = v end
    elseif op == 10 then local v, k, t = pop(), pop(), stack[n] if type(t) == "table" and k == k and k ~= nil then t[k] = v end
    elseif op == 11 then push(stack[n]) elseif op == 12 then push({ [1] = pop(), [b] = pop() })
    elseif op == 13 then push({ a = pop(), b = pop() }) elseif op == 14 then pop()
    else push(tostring(b):rep(b)) end
  end
  return { result = stack[n], text = rover.json.encode(stack[n]) }
end

return api
