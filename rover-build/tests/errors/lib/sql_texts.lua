local M = {}

M.by_year = "select title from books where yaer = $1"

function M.rows(db, sql, ...)
  return db:all("select id " .. sql, ...)
end

return M
