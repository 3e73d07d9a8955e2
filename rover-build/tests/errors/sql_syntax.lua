local db = rover.db("sqlite:books.db", { migrations = "sql/migrations" })
local api = rover.server {}

local COLUMNS = "id, title,"

function api.read.get()
  db:one "select id title, from books"
  db:one "select id from books where"
  db:one("select \"id\", \
    'it\'s' as a")
  db:one("select " .. COLUMNS .. " from books")
  db:one [==[
select id
from books wher id = 1]==]
  return {}
end

function api.statements.get()
  db:exec "delete from books; delete from authors"
  db:exec ""
  db:exec "-- nothing"
  db:exec("delete from books where id = ?", 1)
  db:exec("delete from books where id = @id", 1)
  db:exec("select $1, :name", 1)
  return {}
end

function api.transactions.get()
  db:exec "begin immediate"
  db:exec " /* all */ commit"
  return {}
end

function api.refused.get()
  db:exec "insert into authors values (1, 'a')"
  db:exec "select abs(1, 2)"
  db:exec "select id from books union select id, title from books"
  return {}
end

return api
