local M = {}
M.other = rover.db "sqlite::memory:"
function M.change() --[[budget]]  M.other = { all = function() --[[budget]]  return {} end } end
return M
