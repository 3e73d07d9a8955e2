-- Its functions stand in the constructor, and are called where it is required.
local M = { name = function(c) return c:query().name end }
return M
