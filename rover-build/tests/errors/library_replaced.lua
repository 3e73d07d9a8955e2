-- The compiler's own functions go on with the library as it was.
local tell = function() return "replaced" end
_G.error, _G.type, _G.tostring, _G.setmetatable = tell, tell, tell, tell
getmetatable("").__index = nil
local made = loadstring("return 1")
local api = rover.server {}
rover.server {}
return api
