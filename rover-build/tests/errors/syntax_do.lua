local api = rover.server {}

for _, name in ipairs { "a", "b" }
  api[name].get = function() return name end
end

return api
