-- Leaves a global.
_G.class = function(name) return setmetatable({}, { __tostring = function() return name end }) end
unpack = unpack or table.unpack
return class
