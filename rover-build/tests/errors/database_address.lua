local db = rover.db "mysql://localhost/books"
local api = rover.server {}
function api.books.get() return db:all "select title from books" end
return api
