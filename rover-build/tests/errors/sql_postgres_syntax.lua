local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres" })
local api = rover.server {}

function api.syntax.get(ctx)
  db:all "selct id from books"
  db:all "select id form books"
  db:all [[
    select id, title,
    from books
  ]]
  db:all "select id from books where (title = 'a'"
  db:exec("insert into books (title) value ($1)", "a")
  db:exec("update books set title = $1, where id = $2", "a", 1)
  db:all("select id from books where id in $1", { 1 })
  db:all("select now() - interval $1", "1 day")
  db:all "select * from books limit 5 where id = 1"
  db:all "select 1abc"
  db:exec "delete from books where id == 1"
  db:exec "create table more (id int primary ky)"
  return {}
end

return api
