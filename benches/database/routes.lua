-- What the bench of databases asks. DATABASE says which.
local db = rover.db(rover.env.DATABASE or "sqlite::memory:", {
  migrations = { sqlite = "migrations/sqlite", postgres = "migrations/postgres" },
})
local api = rover.server { docs = false }
local random = math.random

function api.one.get()
  return db:one("select id, random_number, name from world where id = $1", random(10000))
end
function api.fifty.get()
  return db:all("select id, random_number, name from world where id between $1 and $1 + 49", random(9900))
end
function api.tables.get()
  local rows = db:all("select id, random_number, name from world where id between $1 and $1 + 49", random(9900))
  if #rows == 0 then return {} end
  return rows
end
function api.add.get()
  return db:exec("insert into log (at, text) values ($1, $2)", random(10000), "Hello, World!")
end

return api
