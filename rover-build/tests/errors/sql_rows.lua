local db = rover.db("sqlite:books.db", { migrations = "sql/rows" })
local api = rover.server {}

function api.books.post(ctx)
  local title = ctx.path
  db:insert("books", { title = title })
  db:insert("books", { { title = "a", author = 1 }, { title = "b", author = 1, pages = "many" } })
  db:insert("authors", {})
  db:upsert("authors", { id = 1 }, { on = "id" })
  db:insert("authors", { { id = 1 }, { id = 2 } }, { returning = "*" })
  db:update("books", { pages = 1.5, title = title }, { id = 1 })
  db:update("books", { pages = { 1 } }, { id = 1 })
  db:insert("books", { title = title, author = 1, price = "dear" })
  db:insert("books", { title = title, author = 1, cover = "bytes" })
  db:insert("books", { { title = title, author = 1 }, { author = 1 }, ctx:body():json() })
  return {}
end

return api
