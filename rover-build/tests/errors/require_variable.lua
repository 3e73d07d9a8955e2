local api = rover.server {}
for _, name in ipairs { "a", "b" } do require(name) end
return api
