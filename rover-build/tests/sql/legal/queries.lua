local M = {}

M.columns = "id, title"
M.by_author = "select " .. M.columns .. " from books where author = $1"

function M.find(database, where, ...)
  return database:all("select id from books where " .. where, ...)
end

return M
