local api = rover.server {}
local function setting(name)
  return os.getenv(name) or error(api.error(500, "Set " .. name))
end
local key = setting "KEY"
function api.get() return key end
return api
