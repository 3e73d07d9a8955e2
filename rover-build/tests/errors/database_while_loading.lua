local db = rover.db "sqlite:books.db"
local api = rover.server {}
local all = db:all "select title from books"
function api.books.get() return all end
return api
