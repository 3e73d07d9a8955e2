-- A program that asks a database what a test tells it to: what it is given comes from the environment.
local function number(name, default) return tonumber(os.getenv(name) or default) end

local db = rover.db(os.getenv "ROVER_TEST_DATABASE", {
  max_connections = number("ROVER_TEST_MOST", 10),
  timeout = number("ROVER_TEST_TIMEOUT", 5),
  statement_timeout = number("ROVER_TEST_STATEMENT_TIMEOUT", 30),
  prepare = os.getenv "ROVER_TEST_PREPARE" ~= "no",
  migrations = { postgres = "migrations" },
})
local api = rover.server { port = 0 }

local function told(e)
  if type(e) ~= "table" then return { raised = tostring(e) } end
  return { kind = e.kind, message = e.message, code = e.code, retryable = e.retryable,
    constraint = e.constraint, table = e.table, column = e.column }
end

local function outcome(ok, value)
  if ok then return { ok = value } end
  return { failed = told(value) }
end

-- { how, sql, values }: the values are a list, or a table of names.
local function ask(on, asked)
  local values = asked.values or {}
  if asked.named then return on[asked.how](on, asked.sql, asked.named) end
  if asked.bytes then values = { "\0\255\1" } end
  return on[asked.how](on, asked.sql, unpack(values, 1, asked.count or #values))
end

function api.sql.post(ctx)
  return outcome(pcall(ask, db, ctx:body():json()))
end

-- { steps, isolation, retry, fail }: statements in one transaction; a step may be a part, or be let fail.
local function steps(tx, list, seen)
  for i = 1, #list do
    local step = list[i]
    if step.steps then
      local ok, e = pcall(tx.transaction, tx, function(part) steps(part, step.steps, seen) end)
      seen[#seen + 1] = outcome(ok, e)
    elseif step.sleep then
      rover.sleep(step.sleep)
    elseif step.fail then
      error(step.fail, 0)
    elseif step.outside then
      seen[#seen + 1] = outcome(pcall(ask, db, step))
    elseif step.again then
      seen[#seen + 1] = outcome(pcall(db.transaction, db, function() return "begun" end))
    elseif step.caught then
      seen[#seen + 1] = outcome(pcall(ask, tx, step))
    else
      seen[#seen + 1] = ask(tx, step)
    end
  end
end

function api.transaction.post(ctx)
  local asked = ctx:body():json()
  local seen, tries = {}, 0
  local ok, e = pcall(db.transaction, db, function(tx)
    tries = tries + 1
    seen = {}
    steps(tx, asked.steps, seen)
  end, { isolation = asked.isolation, retry = asked.retry })
  local result = outcome(ok, e)
  result.seen, result.tries = seen, tries
  return result
end

function api.raw.get()
  local row = db:one("select $1::bytea as given, '\\x00ff01'::bytea as made", "\0\255\1")
  return { given = row.given == "\0\255\1", made = row.made == "\0\255\1" }
end

function api.insert.get()
  db:exec "create table if not exists many (id int primary key, name text, price numeric)"
  db:exec "truncate many"
  local list = {}
  for i = 1, 20000 do list[i] = { id = i, name = "n" .. i, price = i + 0.5 } end
  local done = db:insert("many", list)
  local bad = { { id = 30001 }, { id = 30001 } }
  local failed = outcome(pcall(db.insert, db, "many", bad))
  return { rows = done.rows, count = db:value "select count(*) from many", sum = db:value "select sum(price) from many", failed = failed }
end

-- Values that the columns do not take.
function api.unfit.get()
  db:exec "create table if not exists unfit (id int primary key, name text, size int)"
  return {
    inserted = outcome(pcall(db.insert, db, "unfit", { { id = 1, name = "a", size = 2 }, { id = 2, name = "b", size = "secret" } })),
    updated = outcome(pcall(db.update, db, "unfit", { name = "c" }, { size = 1.5 })),
    listed = outcome(pcall(db.delete, db, "unfit", { name = "c", id = { 1, "secret" } })),
  }
end

function api.words.get()
  db:exec "create table if not exists words (id int primary key, name text unique, size int)"
  db:exec "truncate words"
  return {
    inserted = db:insert("words", { { id = 1, name = "a" }, { id = 2, name = "b", size = 2 } }, { returning = "*" }),
    updated = db:update("words", { size = 7 }, { id = { 1, 9 } }, { returning = "id, size" }),
    upserted = db:upsert("words", { id = 3, name = "a", size = 8 }, { on = "name", update = { "size" }, returning = "*" }),
    null = db:update("words", { size = rover.null }, { name = "b" }),
    deleted = db:delete("words", { size = rover.null }, { returning = "id" }),
    left = db:all "select * from words order by id",
  }
end

-- The rows of a cursor, up to so many.
function api.each.p_most.get(ctx)
  local most, count, sum = tonumber(ctx:params().most), 0, 0
  for row in db:each("select n from generate_series(1, $1::int) n", 100000) do
    count, sum = count + 1, sum + row.n
    if count == most then break end
  end
  return { count = count, sum = sum }
end

function api.broken.get()
  local count = 0
  local ok, e = pcall(function()
    for row in db:each "select 1 / (500 - n) as x from generate_series(1, 1000) n" do count = count + 1 end
  end)
  return { count = count, failed = outcome(ok, e).failed }
end

-- Rows that are walked through where the driver has left them, and the same as tables.
local WALKED = [[
select n, case n % 3 when 0 then null else '<' || n end as t, n / 4.0::float8 as r, n / 4.0 as exact, n % 2 = 0 as even,
  9007199254740990 + n as big, jsonb_build_array(n, '</script>') as data, array[n, n + 1] as list, timestamptz '2026-01-02 03:04:05Z' as at
from generate_series(1, 200) n]]
local function tables() return db:all(WALKED) end
function api.walked.get()
  local rows, more = db:all(WALKED), tables()
  local page = rover.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}<p title="{{ row.t }}">{{ row.n }} {{ row.r }} {{ row.exact }} {{ row.even }} {{ row.big }} {{ row.at }}{{ #row.list }}<script>f({{ row.data }}, {{ row.big }}, {{ row.t }})</script></p>{{ end }}]]
  local same = rover.html { rows = more } [[{{ for _, row in ipairs(rows) do }}<p title="{{ row.t }}">{{ row.n }} {{ row.r }} {{ row.exact }} {{ row.even }} {{ row.big }} {{ row.at }}{{ #row.list }}<script>f({{ row.data }}, {{ row.big }}, {{ row.t }})</script></p>{{ end }}]]
  local kept, listed = {}, {}
  for _, row in ipairs(rows) do kept[#kept + 1] = { n = row.n, t = row.t, r = row.r, even = row.even, big = row.big, data = row.data } end
  for _, row in ipairs(more) do listed[#listed + 1] = { n = row.n, t = row.t, r = row.r, even = row.even, big = row.big, data = row.data } end
  return { same = tostring(page) == tostring(same), length = #tostring(page), kept = kept, listed = listed, rows = rows, more = more }
end

function api.alive.get() return { alive = true } end

return api
