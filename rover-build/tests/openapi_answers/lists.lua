local M = {}
function M.each(list, f) for _, item in ipairs(list) do f(item) end end
return M
