-- Answers that are thrown, in functions and modules.
local api = rover.server { title = "Thrown", version = "1" }
local check = require "check"
local lists = require "lists"
local auth = require "auth" (api)

local function fail(status, message) error(api.error(status, message)) end
local function user(ctx)
  local token = ctx:headers().token
  if not token then error(api.error(401, "No token"):header("WWW-Authenticate", "Bearer")) end
  return { name = token }
end
local function admin(ctx)
  local one = user(ctx)
  if one.name ~= "root" then fail(403, "Only for root") end
  return one
end

-- 401 and 403, through two functions; the message comes from the call.
function api.admin.get(ctx) return { admin = admin(ctx).name } end

-- 404 by assert, what is asserted is there.
function api.things.p_id.get(ctx)
  local id = assert(tonumber(ctx:params().id), api.error(404, "No such thing"))
  return { id = id }
end

-- 410 beside `or`; nothing else is returned.
function api.gone.get(ctx) return ctx:query().x or error(api.error(410, "Gone")) end

-- 409 in a function that is passed on, 402 in a method of a module.
function api.passed.get(ctx)
  lists.each({ 1, 2 }, function(n) if n > 1 then error(api.json:status(409, { n = n })) end end)
  check:paid(api, ctx)
  return "fine"
end

-- 428 in a function of a module's that is given the server; 426 in one that gets it with each call.
function api.module.get(ctx)
  auth.signed(ctx)
  check.new_enough(api, ctx)
  return "fine"
end

-- Caught: no 401.
function api.caught.get(ctx)
  local ok, one = pcall(user, ctx)
  return { known = ok, name = ok and one.name or nil }
end

-- Caught and thrown again: 401.
function api.again.get(ctx)
  local ok, one = pcall(user, ctx)
  if not ok then error(one, 0) end
  return { fine = true }
end
function api.asserted.get(ctx)
  assert(pcall(function() return user(ctx) end))
  return { fine = true }
end

-- No answers: texts and tables.
function api.texts.get(ctx)
  if ctx.path == "" then error("a text") end
  if ctx.path == "a" then error({ code = 1 }) end
  if ctx.path == "b" then error(string.format("%d", 1)) end
  assert(ctx.path, "a text")
  return "fine"
end

-- What is thrown cannot be seen: open.
function api.open.get(ctx)
  local value, problem = next(ctx:query())
  if problem then error(problem) end
  return { value = value }
end

-- A function that calls itself.
local function down(n)
  if n == 0 then fail(418, "The ground") end
  return down(n - 1)
end
function api.down.get() down(5) end

return api
