-- What the bench of databases asks. DATABASE says which.
local db = rover.db(rover.env.DATABASE or "sqlite::memory:", {
  migrations = { sqlite = "migrations/sqlite", postgres = "migrations/postgres" },
})
local api = rover.server { docs = false }
local random = math.random
local fortunes_page = rover.template "fortunes.html"

function api.one.get()
  return db:one("select id, random_number, name from world where id = $1", random(10000))
end
function api.fifty.get()
  return db:all("select id, random_number, name from world where id between $1 and $1 + 49", random(9900))
end
function api.tables.get()
  local rows = db:all("select id, random_number, name from world where id between $1 and $1 + 49", random(9900))
  if rows[1] == nil then return {} end
  return rows
end
function api.add.get()
  return db:exec("insert into log (at, text) values ($1, $2)", random(10000), "Hello, World!")
end

-- The works of TechEmpower's benchmarks with several queries, as examples/benchmark has them.
local function world(id) return db:one("select id, random_number from world where id = $1", id) end
-- In their order, so that no two updates wait for each other; each is another one.
local function some_ids()
  local ids, taken = {}, {}
  while #ids < 20 do
    local id = random(10000)
    if not taken[id] then
      taken[id] = true
      ids[#ids + 1] = id
    end
  end
  table.sort(ids)
  return ids
end
function api.queries.get() return rover.all(some_ids(), world) end
function api.fortunes.get()
  local fortunes = db:all "select id, message from fortune"
  fortunes[#fortunes + 1] = { id = 0, message = "One more that is added for each request." }
  table.sort(fortunes, function(a, b) return a.message < b.message end)
  return api.html(fortunes_page { fortunes = fortunes })
end

local places = { "(cast($1 as integer), cast($2 as integer))" }
for at = 2, 20 do places[at] = ("($%d, $%d)"):format(at * 2 - 1, at * 2) end
local update = "update world set random_number = new.column2 from (values " .. table.concat(places, ", ")
  .. ") as new where world.id = new.column1"
function api.updates.get()
  local rows, values = rover.all(some_ids(), world), {}
  for at, row in ipairs(rows) do
    row.random_number = random(10000)
    values[at * 2 - 1], values[at * 2] = row.id, row.random_number
  end
  db:exec(update, unpack(values, 1, 40))
  return rows
end

return api
