local db = rover.db("sqlite:books.db", { migrations = "sql/migrations" })
local api = rover.server {}

function api.books.post(ctx)
  db:insert("boks", { title = "a" })
  db:insert("books", { titel = "a", year = 1 })
  db:insert("books", { { title = "a" }, { title = "b", yaer = 1 } })
  db:insert("books", { title = "a" }, { returning = "id, titles" })
  db:update("books", { title = ctx.path }, { idd = 1 })
  db:delete("books", { ["yaer"] = 1 })
  db:upsert("books", { title = "a" }, { on = "tite", update = { "title" } })
  return {}
end

return api
