-- Limits among other hooks: what is refused is an error as others, and runs through the hooks after the handler.
local api = rover.server { workers = 1 }

function api.after(ctx, response)
  response:header("x-after", response:status() .. " " .. tostring(ctx.user))
end

function api.on_error(ctx, err)
  if ctx:query().waits then rover.sleep(0.001) end
  return { problem = err.message, kind = err.kind, status = err.status, user = ctx.user }
end

api.gate.before = rover.rate_limit { rate = "1/day" }
function api.gate.get() return "in" end
function api.gate.list.get()
  local rows = {}
  for i = 1, 2 do rows[#rows + 1] = { i = i } end
  return rows
end

-- Behind a hook that says who asks.
function api.users.before.auth(ctx)
  ctx.user = ctx:headers()["x-user"]
  if not ctx.user then return api.error(401, "Log in first") end
end
api.users.before.limit = rover.rate_limit { rate = "1/day", by = function(ctx) return ctx.user end }
function api.users.get(ctx) return { user = ctx.user } end

-- Without `by`, but not the first.
function api.second.before.first(ctx) ctx.user = "second" end
api.second.before.limit = rover.rate_limit { rate = "1/day" }
function api.second.get(ctx) return { user = ctx.user } end

-- The program's own headers stay.
api.own.before = rover.rate_limit { rate = "1/day" }
function api.own.get() return api.text("in"):header("ratelimit", "none"):header("retry-after", "1") end

-- What fails below a limit has its headers.
api.fails.before = rover.rate_limit { rate = "100/day" }
function api.fails.get() error("it fails") end
function api.fails.waits.get()
  rover.sleep(0.001)
  error("it fails")
end
function api.fails.thrown.get() error(api.error(409, "Thrown")) end

return api
