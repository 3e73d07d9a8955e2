-- `rover.rate_limit` and `rover.idempotent` while routes are collected: hooks that do nothing, and what the compiler
-- knows of them.
--
-- `wrong(word, options)` gives what is wrong with the options.
local wrong = ...
local error, type, setmetatable, pairs = error, type, setmetatable, pairs

local Hook = { __metatable = "rover.hook" }

local function hook(word, options, own)
  if type(options) ~= "table" then
    error("rover." .. word .. " takes a table of options, got " .. (options == nil and "nothing" or "a " .. type(options)), 3)
  end
  local by, others = options.by, {}
  if by ~= nil and type(by) ~= "function" then
    error("rover." .. word .. ": `by` must be a function, got " .. (type(by) == "string" and "'" .. by .. "'" or "a " .. type(by)), 3)
  end
  for name, value in pairs(options) do
    if name ~= "by" then others[name] = value end
  end
  local problem = wrong(word, others)
  if problem then error("rover." .. word .. ": " .. problem, 3) end
  own.word, own.by, own.required = "rover." .. word, by, others.required == true
  own.ctx, own.waits = by ~= nil, false
  function own.before() end
  return setmetatable(own, Hook)
end

return function(rover)
  function rover.rate_limit(options) return (hook("rate_limit", options, { body = false })) end
  function rover.idempotent(options) return (hook("idempotent", options == nil and {} or options, { body = true })) end
end
