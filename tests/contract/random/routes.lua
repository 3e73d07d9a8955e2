-- Random numbers: the system's seed in every VM, unless the program gives another.
local api = rover.server {}

local first = math.random(1, 2 ^ 30)
function api.first.get() return first .. "" end

-- A seed that is given keeps its meaning, at the top level ...
math.randomseed(7)
local one, two = math.random(1, 2 ^ 30), math.random(1, 2 ^ 30)
function api.given.get()
  math.randomseed(7)
  return { math.random(1, 2 ^ 30) == one, math.random(1, 2 ^ 30) == two }
end

-- ... and in a handler.
function api.again.p_seed.get(ctx)
  local seed = tonumber(ctx:params().seed)
  math.randomseed(seed)
  local before = math.random()
  math.randomseed(seed)
  return tostring(before == math.random())
end

return api
