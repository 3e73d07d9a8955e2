local greet = require "lib.greet"
local n = 0
return { next = function() n = n + 1; return greet(tostring(n)) end }
