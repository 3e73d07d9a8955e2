-- Changes the metatable of strings.
local mt = getmetatable("")
local methods = mt.__index
mt.__index = function(s, key)
  if type(key) == "number" then return s:sub(key, key) end
  return methods[key]
end
mt.__add = function(a, b) return a .. "+" .. b end
return { changed_later = function() return pcall(function() getmetatable("").__index = nil end) end, mt = mt }
