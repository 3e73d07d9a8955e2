local db = rover.db("sqlite:books.db", { migrations = "migratoins" })
local up = rover.db("sqlite:books.db", { migrations = "../migrations" })
local api = rover.server {}
function api.books.get() return db:all "select title from books" end
return api
