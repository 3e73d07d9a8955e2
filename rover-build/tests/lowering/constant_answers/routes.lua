-- A handler that answers the same always is asked once, when a worker starts: `routes.txt`.
local api = rover.server {}
local GREETING = "hi"
local count = 0 -- rover: per-worker

function api.fires.get() return { message = GREETING, list = { 1, 2 } } end
function api.fires.text.get() return api.text("x" .. 1):header("x-a", "b") end

function api.stays.reads.get(ctx) return { message = GREETING, page = ctx:query().page } end
function api.stays.counts.get()
  count = count + 1
  return { count = count }
end
function api.stays.asks.get() return { now = os.time() } end

return api
