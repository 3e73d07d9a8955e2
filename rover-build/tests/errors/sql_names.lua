local db = rover.db("sqlite:books.db", { migrations = "sql/migrations" })
local api = rover.server {}

function api.columns.get()
  local rows = db:all("select id, titel from books where year = $1", 1999)
  rows[1] = db:one "select b.id, b.titel from books b join authors a on a.id = b.author"
  rows[2] = db:value [[
    select count(*)
    from books
    where yaer > 1900
  ]]
  db:exec("insert into books (titel) values ($1)", "x")
  db:exec("update books set tittle = 'a'")
  return rows
end

function api.tables.get()
  for row in db:each "select * from boks" do print(row) end
  return db:one "select name from authors join bookz on true"
end

function api.other.get()
  db:one "select title from books join authors on authors.id = author"
  return db:one("select lenght(title) as n from books")
end

return api
