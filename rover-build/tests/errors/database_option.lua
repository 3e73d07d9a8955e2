local db = rover.db("sqlite:books.db", { max_conections = 4 })
local api = rover.server {}
function api.books.get() return db:all "select title from books" end
return api
