-- The six works of TechEmpower's framework benchmarks, by their rules: see README.md.
local env = rover.env {
  --- A database of SQLite or PostgreSQL.
  DATABASE_URL = rover.guard:string():default("sqlite:benchmark.db"),
}

local db = rover.db(env.DATABASE_URL, {
  migrations = { sqlite = "migrations/sqlite", postgres = "migrations/postgres" },
  -- Under the load of a benchmark all queries wait: nothing is logged then.
  slow_query = 0,
})
local api = rover.server { title = "Benchmark", port = 8080, docs = false }
local fortunes_page = rover.template "fortunes.html"

local ROWS = 10000
local random = math.random

-- The rules want the object made for each request: were this a constant, the answer would be, too. `json` cannot
-- begin a path.
local greeting = { "Hello", "World" }

function api.message.get()
  return api.json { message = greeting[1] .. ", " .. greeting[2] .. "!" }:header("server", "rover")
end

function api.plaintext.get()
  return api.text("Hello, World!"):header("server", "rover")
end

local function world(id)
  return db:one('select id, randomnumber as "randomNumber" from world where id = $1', id)
end

-- What is no integer, or less than 1, counts as 1, and what is more than 500 as 500.
local function queries_of(ctx)
  local text = ctx:query().queries or ""
  return math.min(math.max(tonumber(text:match "^%d+$") or 1, 1), 500)
end

-- So many different numbers of rows in their order, so that no two updates wait for each other.
local function some_ids(count)
  local ids, taken = {}, {}
  while #ids < count do
    local id = random(ROWS)
    if not taken[id] then
      taken[id] = true
      ids[#ids + 1] = id
    end
  end
  table.sort(ids)
  return ids
end

function api.db.get()
  return api.json(world(random(ROWS))):header("server", "rover")
end

-- A query for each row, as the rules say. They are all on their way at the same time.
function api.queries.get(ctx)
  return api.json(rover.all(some_ids(queries_of(ctx)), world)):header("server", "rover")
end

function api.fortunes.get()
  local fortunes = db:all "select id, message from fortune"
  fortunes[#fortunes + 1] = { id = 0, message = "Additional fortune added at request time." }
  table.sort(fortunes, function(a, b) return a.message < b.message end)
  return api.html(fortunes_page { fortunes = fortunes }):header("server", "rover")
end

-- Statements by the number of rows that they update.
-- rover: per-worker
local updates = {}

-- A database learns the types of the places by the first two.
local function update_of(count)
  local known = updates[count]
  if known then return known end
  local rows = { "(cast($1 as integer), cast($2 as integer))" }
  for at = 2, count do rows[at] = ("($%d, $%d)"):format(at * 2 - 1, at * 2) end
  updates[count] = "update world set randomnumber = new.column2 from (values " .. table.concat(rows, ", ")
    .. ") as new where world.id = new.column1"
  return updates[count]
end

function api.updates.get(ctx)
  local rows, values = rover.all(some_ids(queries_of(ctx)), world), {}
  for at, row in ipairs(rows) do
    row.randomNumber = random(ROWS)
    values[at * 2 - 1], values[at * 2] = row.id, row.randomNumber
  end
  db:exec(update_of(#rows), unpack(values, 1, #rows * 2))
  return api.json(rows):header("server", "rover")
end

return api
