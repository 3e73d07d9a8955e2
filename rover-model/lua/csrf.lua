-- `rover.csrf`, in the compiler's VM and in the workers': a hook before handlers, and a function that makes one with
-- options.
--
-- `check(ctx, origins)` refuses a request, `raise(text)` raises an error with the program's line.
local check, raise = ...
local type, getmetatable, setmetatable, tostring, pairs, rawget = type, getmetatable, setmetatable, tostring, pairs, rawget
local find, lower, format = string.find, string.lower, string.format

local function wrong(origin)
  raise(format("rover.csrf: an origin is a text such as \"https://app.example\", without a path, got %s",
    type(origin) == "string" and "'" .. origin .. "'" or type(origin)))
end

-- The origins of a list as keys.
local function trusted(options)
  if type(options) ~= "table" then
    raise("rover.csrf takes a table of options, got " .. (options == nil and "no value" or type(options)))
  end
  for name in pairs(options) do
    if name ~= "origins" then
      raise("rover.csrf has no option `" .. tostring(name) .. "` (it has origins)")
    end
  end
  local given, origins = options.origins, {}
  if given == nil then return origins end
  if type(given) ~= "table" then wrong(given) end
  for at = 1, #given do
    local origin = given[at]
    if type(origin) ~= "string" or not find(origin, "^%a[%w+.-]*://[^/%s?#]+$") then wrong(origin) end
    origins[lower(origin)] = true
  end
  return origins
end

local Hook = { __metatable = "rover.hook" }
local function hook(origins)
  return setmetatable({
    word = "rover.csrf", ctx = true, body = true, waits = false,
    before = function(ctx) return check(ctx, origins) end,
  }, Hook)
end
function Hook.__call(_, options) return hook(trusted(options)) end

return hook({})
