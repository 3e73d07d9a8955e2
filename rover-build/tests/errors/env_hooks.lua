local env = rover.env { DATA = rover.guard:string():required(), DEBUG = rover.guard:boolean():default(false) }
local api = rover.server { files = { env.DATA } }

if rover.env.AUDIT then
  function api.before(ctx) end
end
if env.DEBUG then
  function api.books.after.log(ctx, response) return response end
end

local function one() end
local function two() end
api.admin.before = rover.env.MODE == "strict" and { one, two } or { one }
api.shop.before = env.DEBUG and one or two

function api.books.get() return {} end
function api.admin.get() return {} end
function api.shop.get() return {} end

return api
