local api = rover.server {
  port = 0, workers = 2, health = true, title = "program", version = "1.2.3",
  deadlines = { ["GET /spin"] = "15s" },
}

function api.hello.get() return "hello" end
function api.echo.post(ctx) return ctx:body():text() end
function api.log.get(ctx)
  rover.log.info("a message", { n = 1 })
  print("printed", 1, nil)
  if ctx:query().as then return { rows = { { name = print } } } end
  error("what only the log may know")
end

function api.spin.get() while true do end end

local object = setmetatable({}, { __tostring = function(o) return "an object that says " .. o.word end })
object.word = "why"
local broken = setmetatable({}, { __tostring = function() error("no words") end })
local raised = {
  object = function() error(object) end,
  record = function() error({ code = 7, message = "a record" }) end,
  functions = function() error({ name = "with functions", run = print }) end,
  broken = function() error(broken) end,
  nothing = function() error() end,
  thrown = function() error(api.error(401, "an answer")) end,
}
function api.raised.p_what.get(ctx) raised[ctx:params().what]() end
-- The handler's own call has ended when it fails.
function api.lost.get(ctx) local convert = ctx.path and tonumber return convert("1", 99) end

-- Nothing is in the environment at build, and the compiler tries other texts than this one: the
-- route is only found at the start.
local more = os.getenv("LISTEN_FDS") and os.getenv("MORE_ROUTES_IN_A_CHILD") or os.getenv("MORE_ROUTES") or ""
if more:find "^yes" then
  function api.more.get() return "more" end
end

return api
