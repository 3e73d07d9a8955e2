-- `rover.env` and `os.getenv`: the variables of the process, and below them those of
-- `environment`, which `rover dev` reads from `.env`.
local R = ...
local native, given, of_process = R.native, R.environment, os.getenv
local type, next = type, next

local getenv = of_process
if next(given) ~= nil then
  getenv = function(...)
    local value = of_process(...)
    if value == nil then return given[(...)] end
    return value
  end
end
R.getenv = getenv

local function check(schemas)
  local texts = {}
  for name in next, schemas do
    if type(name) == "string" then texts[name] = getenv(name) end
  end
  return native.env_check(schemas, texts)
end

R.env = R.part("variables")(getenv, check, R.raise, function() return R.is_loaded end)
