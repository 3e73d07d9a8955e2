local M = {}
M.db = rover.db "sqlite::memory:"
return M
