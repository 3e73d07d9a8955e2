local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres" })
local api = rover.server {}

function api.names.get(ctx)
  db:all "select * from boks"
  db:all "select id, titel from books"
  db:all [[
    select b.id, b.pricee
    from books b
    join authors a on a.id = b.author
  ]]
  db:all "select name from authors"
  db:all "select year from books"
  db:exec("update books set state = $1 where id = $2", "sold", 1)
  db:exec("insert into books (title, yeer) values ($1, $2) on conflict (id) do update set title = excluded.titel", "a", 1)
  db:insert("books", { titel = "a" })
  db:all("select id from books where id = $1 or title = $2", 1)
  db:exec "delete from books; delete from authors"
  db:exec "rollback"
  return {}
end

return api
