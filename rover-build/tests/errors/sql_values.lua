local db = rover.db("sqlite:books.db", { migrations = "sql/migrations" })
local api = rover.server {}

function api.numbered.get(ctx)
  db:one("select id from books where id = $1 and title = $2", ctx.path)
  db:one("select id from books where id = $1")
  db:one("select id from books where id = $1", 1, ctx.path)
  db:one("select id from books", ctx.path)
  db:one("select id from books where id = $1 and title = $3", 1, 2, 3)
  db:one("select id from books where id in ($1...) and title = $2", { 1 })
  return {}
end

function api.named.get(ctx)
  db:one("select id from books where title = :title", { titel = ctx.path })
  db:one("select id from books where title = :title", { title = "a", yaer = 1 })
  db:one("select id from books where title = :title", "a")
  db:one("select id from books where title = :title")
  db:one("select id from books where title = :title", { title = "a" }, 1)
  return {}
end

return api
