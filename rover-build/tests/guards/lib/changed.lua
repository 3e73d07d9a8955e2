local M = { book = { title = { type = "string" } } }
function M.change() M.book.title.required = true end
return M
