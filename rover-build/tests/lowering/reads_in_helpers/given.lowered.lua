local M = {}
function M.first(c) --[[budget]]  return c:query().first end
return M
