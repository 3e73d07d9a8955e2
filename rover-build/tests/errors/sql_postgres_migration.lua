local db = rover.db("postgres://localhost/books", { migrations = "sql/postgres_wrong" })
local api = rover.server {}

return api
