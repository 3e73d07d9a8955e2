-- Hooks may wait, as handlers may: what follows goes on as if they had not.
local api = rover.server { timeouts = { ["GET /slow"] = "50ms", ["GET /slow/after"] = "50ms" } }

function api.before.wait(ctx)
  local wait = ctx:query().wait
  ctx.begun = "begun " .. (wait or "at once")
  if wait == "before" then rover.sleep(0.001) end
  if ctx:query().stop then return api.text.status(409, ctx.begun) end
end

function api.after.wait(ctx, response)
  response:header("x-begun", ctx.begun or "unknown")
  if ctx:query().wait == "after" then
    rover.sleep(0.001)
    response:header("x-waited", ctx.begun):status(response:status() + 1)
  end
  if ctx:query().fail == "after" then error("after failed") end
end

-- Runs last, and does not wait.
function api.after.last(ctx, response) response:header("x-last", ctx.begun or "unknown") end

function api.direct.get(ctx) return { begun = ctx.begun, direct = true } end
function api.list.get(ctx)
  local rows = {}
  for i = 1, 3 do
    rows[#rows + 1] = { i = i, begun = ctx.begun }
    if ctx:query().wait == "handler" then rover.sleep(0.001) end
  end
  return rows
end
function api.both.get(ctx)
  local results = rover.all { function() rover.sleep(0.001) return ctx.begun end, function() return ctx.path end }
  return api.json.status(201, results)
end
function api.fails.get(ctx)
  rover.sleep(0.001)
  error("the handler failed")
end
function api.slow.get(ctx) rover.sleep(10) end
function api.slow.after.get(ctx) return "at once" end
-- Waits until the time of the whole is over.
function api.slow.after.after(ctx, response) rover.sleep(10) end

function api.on_error(ctx, err)
  rover.sleep(0.001)
  return api.json { error = err.status, begun = ctx.begun }
end

return api
