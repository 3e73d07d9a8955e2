local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres" })
local api = rover.server {}

function api.names.get(ctx)
  db:all "select x.id from books b"
  db:all "select title from (select id from books) b"
  db:all "with recent as (select id from books) select title from recent"
  db:all "select id, (select nam from authors a where a.id = books.author) from books"
  db:all "select id from books, authors"
  db:all "select title as t from books where t = 'a'"
  db:exec("insert into books (title, author) values ($1)", "a")
  db:exec "insert into books (title) values ('a') on conflict (id) do update set author = author + 1"
  db:exec "update books set titel = 'a' returning id"
  db:all "select total from (values (1)) v (tota)"
  return {}
end

return api
