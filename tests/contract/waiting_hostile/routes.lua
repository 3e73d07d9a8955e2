-- What handlers do that wait for long, or too often: see `tests/waiting.rs`.
local api = rover.server {
  deadlines = { ["GET /left"] = "60s" },
  timeouts = { ["GET /endless"] = "200ms", ["GET /asleep"] = "200ms", ["GET /stubborn"] = "200ms" },
  max_background = 10,
}

-- What this worker has seen.
-- rover: per-worker
local seen = { alive = 0, cancelled = 0, other = 0, done = 0 }

-- What the stacks of coroutines hold: when garbage has been collected, an entry that is left is a stack that is.
local stacks = setmetatable({}, { __mode = "k" }) -- rover: per-worker

-- Waits until the request is cancelled, and notes how it ended.
local function hold()
  local mine = {}
  stacks[mine] = true
  seen.alive = seen.alive + 1
  local ok, problem = pcall(rover.sleep, 3600)
  seen.alive = seen.alive - 1
  if ok then return end
  local kind = type(problem) == "table" and problem.kind == "cancelled" and "cancelled" or "other"
  seen[kind] = seen[kind] + 1
  error(problem, 0)
end

function api.seen.get() return seen end

-- What is left when garbage has been collected, which is so while more of it is made.
function api.left.get()
  local least = math.huge
  for _ = 1, 2 do
    for i = 1, 3 * collectgarbage "count" do
      local _ = ("x"):rep(1000) .. i
      least = math.min(least, collectgarbage "count")
    end
  end
  local held = 0
  for _ in pairs(stacks) do held = held + 1 end
  return { kilobytes = math.floor(least), stacks = held }
end

local holds = {
  plain = hold,
  pcall = function() pcall(hold) end,
  coroutine = function()
    for _ in coroutine.wrap(hold) do end
  end,
  sort = function() table.sort({ 2, 1 }, hold) end,
  gsub = function() return (("ab"):gsub("a", hold)) end,
  metamethod = function() return setmetatable({}, { __index = hold }).x end,
  all = function() rover.all { hold, hold, hold } end,
  race = function() rover.race { hold, hold } end,
  nested = function() rover.all { function() rover.all { hold, hold } end, hold } end,
}
function api.holds.get()
  local names = {}
  for name in pairs(holds) do names[#names + 1] = name end
  table.sort(names)
  return rover.array(names)
end
function api.hold.p_how.get(ctx)
  holds[ctx:params().how]()
  return "not held"
end
function api.hold_body.post(ctx)
  local size = #ctx:body():raw()
  hold()
  return { size = size }
end

-- A client that goes away is no reason to go on for ever.
function api.spins.get()
  pcall(hold)
  while true do end
end
function api.stubborn.get()
  while true do pcall(rover.sleep, 3600) end
end
function api.endless.get()
  while true do rover.sleep(0) end
end
function api.asleep.get() rover.sleep(3600) end

function api.sleep.p_ms.get(ctx)
  rover.sleep(tonumber(ctx:params().ms) / 1000)
  return "slept"
end

function api.many.p_n.get(ctx)
  local sleepers = {}
  for i = 1, tonumber(ctx:params().n) do sleepers[i] = i end
  rover.all(sleepers, function() rover.sleep(0.001) end)
  return { done = #sleepers }
end

function api.bomb.get()
  local begun, problem = 0, nil
  while not problem do
    local ok, value = pcall(rover.spawn, rover.sleep, 0.01)
    if ok then begun = begun + 1 else problem = value end
  end
  return { begun = begun, kind = problem.kind, retryable = problem.retryable, message = tostring(problem) }
end
-- One that begins itself again is one at a time.
local function again(n)
  if n == 0 then
    seen.done = seen.done + 1
    return
  end
  rover.sleep(0)
  rover.spawn(again, n - 1)
end
function api.again.get() rover.spawn(again, 100) end

local failing = {
  all = function() rover.all { function() error("in all") end } end,
  all_after = function() rover.all { function() rover.sleep(0.001) error("in all, later") end, function() rover.sleep(3600) end } end,
  race = function() rover.race { function() error("in race") end, function() rover.sleep(3600) end } end,
  list = function() rover.all({ 1 }, function() error("in a list") end) end,
  sort = function() table.sort({ 2, 1 }, function() rover.sleep(0.001) error("in sort") end) end,
  coroutine = function() coroutine.wrap(function() rover.sleep(0.001) error("in a coroutine") end)() end,
  table = function() rover.sleep(0.001) error { message = "a table", kind = "own" } end,
  cancelled_child = function() rover.all { function() coroutine.yield() end } end,
}
function api.failing.get()
  local names = {}
  for name in pairs(failing) do names[#names + 1] = name end
  table.sort(names)
  return rover.array(names)
end
function api.fails.p_how.get(ctx)
  failing[ctx:params().how]()
  return "no failure"
end

-- A ctx is its request's, also while others wait.
-- rover: per-worker
local kept
function api.keeper.p_id.get(ctx)
  kept = ctx
  rover.sleep(0.2)
  return { id = ctx:params().id, same = kept == ctx }
end
function api.thief.get()
  local ok, message = pcall(function() return kept:params().id end)
  local dot, dotted = pcall(function() return kept.params().id end)
  return { ok = ok, message = message, dot = dot, dotted = dotted }
end
function api.two.p_a.p_b.get(ctx)
  local params = ctx:params()
  local query = ctx:query().q
  rover.sleep(tonumber(params.a) / 1000)
  local list = {}
  for i = 1, 3 do
    list[#list + 1] = { i = i, b = ctx:params().b, inner = { query } }
    rover.sleep(0.002)
  end
  return list
end

-- Memory of one request that waits.
function api.hoard.get()
  local hoard = {}
  for i = 1, 1e9 do
    hoard[i] = ("x"):rep(1000) .. i
    if i % 1000 == 0 then rover.sleep(0) end
  end
end

return api
