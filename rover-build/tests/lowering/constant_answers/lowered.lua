-- A handler that answers the same always is asked once, when a worker starts: `routes.txt`.
local api = rover.server {}
local GREETING = "hi"
local count = 0 -- rover: per-worker

function api.fires.get() --[[budget]]  return (__rover.reply(1, GREETING)) end
function api.fires.text.get() --[[budget]]  return (api.text("x" .. 1):header("x-a", "b")) end

function api.stays.reads.get(ctx) --[[budget]]  return (__rover.reply(2, GREETING)) end
function api.stays.counts.get() --[[budget]] 
  count = count + 1
  return (__rover.reply(3, count))
end
function api.stays.asks.get() --[[budget]]  return (__rover.reply(4, (os.time()))) end

return api
