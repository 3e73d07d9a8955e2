-- Requests with an `Idempotency-Key` run once, and their answer is given again.
local api = rover.server { workers = 1 }
local counts = rover.shared "idempotent"

-- How often a handler has run.
local function ran(what) return counts:incr(what) end

api.orders.before = rover.idempotent()
function api.orders.get() return { ran = counts:get("orders") or 0 } end
function api.orders.post(ctx)
  return api.json:status(201, { ran = ran("orders"), sent = ctx:body():text() })
end
function api.orders.patch(ctx) return { ran = ran("patch") } end
function api.orders.put(ctx) return { ran = ran("put") } end
function api.orders.p_id.post(ctx) return { ran = ran("one"), id = ctx:params().id } end
function api.orders.bytes.post(ctx)
  local sent = ctx:body() and ctx:body():raw() or "none"
  return api.bytes(sent .. "\0\255" .. ran("bytes"), "application/x-own")
    :header("x-ran", "yes"):cookie("a", "1"):cookie("b", "2")
end
function api.orders.empty.post() ran("empty") end
function api.orders.page.post() return api.html("<p>" .. ran("page")) end
function api.orders.list.post()
  local rows = {}
  for i = 1, 3 do rows[#rows + 1] = { i = i, ran = ran("list") } end
  return rows
end
function api.orders.large.post() return ran("large") .. ("x"):rep(2 ^ 20) end
function api.orders.waits.post()
  rover.sleep(0.001)
  return { ran = ran("waits") }
end

-- What is not kept.
function api.orders.fails.post() error("it fails for the " .. ran("fails") .. ". time") end
function api.orders.busy.post() return api.error(503, "ran " .. ran("busy")) end
function api.orders.login.post() return api.error(401, "ran " .. ran("login")) end
function api.orders.guard.post(ctx)
  ran("guard")
  return ctx:body():expect { name = rover.guard:string():required() }
end
-- What is.
function api.orders.missing.post() return api.error(404, "ran " .. ran("missing")) end
function api.orders.thrown.post() error(api.error(409, "ran " .. ran("thrown"))) end

api.required.before = rover.idempotent { required = true }
function api.required.post() return { ran = ran("required") } end
function api.required.delete() return { ran = ran("delete") } end

api.users.before = rover.idempotent { by = function(ctx) return ctx:headers()["x-user"] end }
function api.users.post(ctx) return { ran = ran("users"), user = ctx:headers()["x-user"] } end

-- Hooks after the handler run for a kept answer, too; those before the hook decide first.
function api.hooked.before.auth(ctx)
  ctx.user = ctx:headers()["x-user"]
  if ctx.user == "nobody" then return api.error(403, "Not you") end
end
api.hooked.before.key = rover.idempotent()
function api.hooked.before.after_key(ctx) ctx.seen = ran("hook") end
function api.hooked.post(ctx) return { ran = ran("hooked"), seen = ctx.seen } end
function api.hooked.after(ctx, response)
  response:header("x-after", tostring(ctx.user)):header("x-after-ran", tostring(ran("after")))
end

return api
