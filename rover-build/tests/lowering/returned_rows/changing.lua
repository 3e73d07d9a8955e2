local M = {}
M.other = rover.db "sqlite::memory:"
function M.change() M.other = { all = function() return {} end } end
return M
