local M = {}
function M.first(c) return c:query().first end
return M
