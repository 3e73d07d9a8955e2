local M = {}
M.db = rover.db "sqlite::memory:"
M.other = M.db
return M
