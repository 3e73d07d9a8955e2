-- Routes are read, walked and replaced while the program loads.
local api = rover.server {}

--- Says hello.
function api.hello.get(ctx) return "hello " .. (ctx:query().name or "you") end
function api.books.get() return { "a" } end
function api.books.p_id.get(ctx) return ctx:params().id end
function api.books.p_id.delete(ctx) return "deleted " .. ctx:params().id end
function api.books.p_id.delete.post(ctx) return "posted " .. ctx:params().id end
function api.not_found() return api.error(404, "nothing here") end
api.table = { get = function(ctx) return ctx.path end, post = function(ctx) return ctx:body():text() end }

local order = {}
local function signed(handler)
  return function(ctx) return api.text(tostring(handler(ctx))):header("x-signed", ctx.method) end
end
local function walk(node, path)
  for key, value in pairs(node) do
    if type(value) == "function" then
      order[#order + 1] = path .. " " .. key
      node[key] = signed(value)
    else
      walk(value, path .. "/" .. key)
    end
  end
end
walk(api, "")

-- One of them once more, and one that stays what it was.
local hello = api.hello.get
api.hello.get = function(ctx)
  if ctx:query().twice then return tostring(ctx.path) end
  return hello(ctx)
end
api.books.get = api.books.get

-- A table that is called like a function.
local counted = { calls = 0 }
api.called.get = setmetatable(counted, { __call = function(self, ctx)
  self.calls = self.calls + 1
  return { path = ctx.path, query = ctx:query().q, calls = self.calls > 0 }
end })
api.called.post = setmetatable({}, { __call = function(_, ctx) return ctx:body():json() end })

function api.order.get() return order end
function api.sealed.get() return tostring(api.hello) end

return api
