local M = {}
function M.user(ctx) return ctx:query().a end
return M
