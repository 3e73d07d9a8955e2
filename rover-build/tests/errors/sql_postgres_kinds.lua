local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres" })
local api = rover.server {}

function api.kinds.get(ctx)
  db:all("select id from books where id = $1", "seven")
  db:all("select id from books where id in ($1...)", { 1, 2, "x" })
  db:all("select title from books where \"Year\" = :year", { year = 1.5 })
  db:exec("insert into books (title, \"Year\") values ($1, $2)", true, 3000000000)
  db:exec("update books set condition = $1 where id = $2", "lost", 1)
  db:all("select id from books where id = any($1)", 1)
  db:all("select title from books limit $1", "all")
  db:all("select $1::boolean", 1)
  return {}
end

return api
