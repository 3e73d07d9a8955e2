local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres_rows" })
local api = rover.server {}

function api.books.post(ctx)
  local title, many = ctx.path, "many"
  db:insert("books", { title = title })
  db:insert("books", { title = title, author = 1, pages = "many" })
  db:insert("books", { title = title, author = 1, pages = many })
  db:insert("books", { { title = "a", author = 1 }, { title = "b", author = 1, state = "lost" } })
  db:insert("authors", { name = "a" })
  db:upsert("authors", { id = 1, email = "a" }, { on = "id" })
  db:update("books", { pages = 3000000000 }, { id = 1 })
  db:update("books", { tags = 1 }, { id = 1 })
  db:update("books", { pages = 1 }, { id = { 1, "x" } })
  db:delete("books", { sold = 1 })
  return {}
end

return api
