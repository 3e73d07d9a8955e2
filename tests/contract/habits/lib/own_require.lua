-- A parameter and a local that are called `require`.
local function with(require) return require "lib.nothing" end
local function loads()
  local require = function(name) return "own " .. name end
  return require "lib.nothing_else"
end
return { with(function(name) return "given " .. name end), loads() }
