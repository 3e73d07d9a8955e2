-- Handlers that would never end.
local api = rover.server {
  deadline = "30ms",
  deadlines = { ["GET /patient/{n}"] = 0.4, ["GET /untimed"] = 0 },
}

local function spin() while true do end end
local function again(n) return again_global(n + 1) end
again_global = again
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end

local kinds = {
  ["while"] = function() while true do end end,
  ["repeat"] = function() repeat until false end,
  ["for"] = function() for i = 1, math.huge do end end,
  each = function() for _ in function() return 1 end do end end,
  empty = function() local n = 0 while n >= 0 do n = n + 1 end return n end,
  ["goto"] = function() for i = 1, math.huge do if i then goto next end ::next:: end end,
  tail = function() return again(1) end,
  tree = function() return fib(60) end,
  pcall = function() while true do pcall(spin) end end,
  nested_pcall = function() pcall(function() pcall(spin) end) spin() end,
  xpcall = function() xpcall(spin, function() while true do end end) spin() end,
  coroutine = function() coroutine.wrap(function() spin() end)() end,
  resume = function() while true do coroutine.resume(coroutine.create(spin)) end end,
  index = function() local t = setmetatable({}, { __index = function(t, k) if k > 60 then return 1 end return t[k + 1] + t[k + 2] end }) return t[1] end,
  sort = function() while true do table.sort({ 3, 2, 1 }, function(a, b) return a < b end) end end,
  inner = function() for i = 1, 1e9 do for j = 1, 900 do local x = i * j end end end,
  module = function() require "busy"() end,
  back = function() ::top:: goto top end,
  find = function() return ("a"):rep(340):find(".-.-.-.-b$") end,
  match = function() return ("a"):rep(5000):match("a*a*a*a*b") end,
  gmatch = function() for _ in ("a"):rep(5000):gmatch("(a*)(a*)(a*)b") do end end,
  gsub_pattern = function() return (("a"):rep(5000):gsub("[ab]*a?a*a*c", "")) end,
  frontier = function() while true do pcall(string.find, ("a"):rep(340), "%f[a].-.-.-.-%f[b]") end end,
  -- The error is caught by who does not say so: nothing is answered.
  swallowed = function() pcall(spin) end,
  handler = function() xpcall(function() error("x") end, function() while true do end end) end,
  handler_of_deadline = function() xpcall(spin, function() return "told" end) end,
  resumed = function() coroutine.resume(coroutine.create(spin)) end,
  replaced = function() pcall(spin) error("another", 0) end,
  replaced_by_value = function() pcall(spin) error({}) end,
  -- No answer at all.
  returned = function() pcall(spin) return print end,
  gsub = function() while true do ("abc"):gsub(".", function(c) return c end) end end,
}

function api.spin.p_kind.get(ctx) return kinds[ctx:params().kind]() end

-- The error may be caught; a handler that ends then has answered.
function api.caught.get()
  local ok, message = pcall(spin)
  return { ok = ok, message = message:gsub("^.-:%d+: ", "") }
end

-- So is what says that there is nothing.
function api.nothing.get() pcall(spin) return api.no_content() end

local function work(n)
  local x = 0
  for i = 1, n * 1e6 do x = x + i % 7 end
  return x
end

function api.patient.p_n.get(ctx) return { x = work(tonumber(ctx:params().n)) } end
function api.untimed.get() return { x = work(100) > 0 } end
function api.quick.get() return "quick" end

return api
