local api = rover.server {}
for _, name in ipairs { "first", "second" } do
  require("lib.routes." .. name)
end
return api
