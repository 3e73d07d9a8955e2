-- It gives one table or the other.
local M = { book = { title = { type = "string" } } }
if rover then return { book = { title = { type = "number" } } } end
return M
