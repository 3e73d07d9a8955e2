-- What `tests/tests/admission.rs` asks from many clients at once.
local api = rover.server { timeouts = { ["POST /slow"] = "50ms" } }
local counts = rover.shared "counts"
local worker = tostring(math.random())

api.limited.before = rover.rate_limit { rate = "100/day" }
function api.limited.get() return worker end
api.named.before = rover.rate_limit { rate = "100/day", by = function(ctx) return ctx.path end }
function api.named.get() return worker end

function api.ran.get()
  return {
    held = counts:get("held") or 0, quick = counts:get("quick") or 0, forever = counts:get("forever") or 0,
    slow = counts:get("slow") or 0,
  }
end

local once = rover.idempotent { ttl = "1h" }
api.held.before = once
-- It goes on when others were refused.
function api.held.post(ctx)
  local ran = counts:incr("held")
  while (counts:get("refused") or 0) < 1 do rover.sleep(0.001) end
  return { ran = ran }
end
function api.held.after(ctx, response)
  if response:status() == 409 then counts:incr("refused") end
end

api.quick.before = once
function api.quick.post() return { ran = counts:incr("quick") } end

api.forever.before = once
function api.forever.post()
  counts:incr("forever")
  rover.sleep(3600)
end

api.slow.before = once
function api.slow.post()
  counts:incr("slow")
  rover.sleep(3600)
end

api.short.before = rover.idempotent { ttl = "20ms" }
function api.short.post() return { ran = counts:incr("short") } end

return api
