-- What `tests/faulty.rs` asks of a server whose runtime fails, or whose memory fills up.
local api = rover.server { memory_limit = "16MiB", deadlines = { ["GET /busy"] = "5s" } }

-- Which VM answers is seen by how many requests it has had.
local count = 0
kept = {}

function api.count.get()
  count = count + 1
  return "request " .. count
end

-- Things that compiled code asks the runtime for by their numbers.
function api.record.p_id.get(ctx)
  return { id = ctx:params().id, count = count }
end

function api.list.p_length.get(ctx)
  local rows = {}
  for i = 1, tonumber(ctx:params().length) do rows[#rows + 1] = { id = i } end
  return rows
end

-- The test's build of the runtime panics at this text.
local function fail() print("fault: panic") return "not reached" end
function api.called.get() return fail() end

-- And its worker's timers at this one.
function api.timers.get() print("fault: timers") return "until the next tick" end

-- At this one they never come back.
function api.stuck.get() print("fault: stuck") return "until the next tick" end

-- A handler that takes all its time.
function api.busy.get() while true do end end

-- The panic, in programs that catch every error.
function api.caught.get()
  local ok = pcall(fail)
  return "caught " .. tostring(ok)
end
function api.handled.get()
  local ok = xpcall(fail, function() return "handled" end)
  return "handled " .. tostring(ok)
end
function api.resumed.get()
  local ok = coroutine.resume(coroutine.create(fail))
  return "resumed " .. tostring(ok)
end
function api.again.get()
  for _ = 1, 100 do pcall(fail) end
  return "again"
end

function api.hold.p_bytes.get(ctx)
  kept[#kept + 1] = ("x"):rep(tonumber(ctx:params().bytes)) .. #kept
  return "held " .. #kept
end

return api
