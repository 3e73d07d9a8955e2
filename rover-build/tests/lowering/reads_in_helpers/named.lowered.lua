-- Its functions stand in the constructor, and are called where it is required.
local M = { name = function(c) --[[budget]]  return __rover.query("name") end }
return M
