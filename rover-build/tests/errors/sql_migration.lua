local one = rover.db("sqlite:one.db", { migrations = "sql/broken" })
local two = rover.db("sqlite:two.db", { migrations = "sql/unread" })
local three = rover.db("sqlite:three.db", { migrations = "sql/failing" })
local api = rover.server {}
function api.books.get() return { one:all "select * from books", two:all "select 1 as a", three:all "select 1 as a" } end
return api
