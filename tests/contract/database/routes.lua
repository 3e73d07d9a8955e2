local db = rover.db("sqlite::memory:", { migrations = "migrations", slow_query = 0 })
local api = rover.server { port = 0 }

-- What the requests before have left is gone.
local function fresh()
  db:exec "delete from books"
  db:exec "delete from authors where id > 2"
end

local function problem(f, ...)
  local _, e = rover.try(f, ...)
  if type(e) == "string" then return (e:gsub("^[^ ]+: ", "")) end
  return { kind = e.kind, code = e.code, message = e.message, table = e.table, column = e.column, constraint = e.constraint }
end

function api.rows.get()
  return {
    all = db:all "select id, name, born from authors order by id",
    one = db:one("select name from authors where id = $1", 2),
    none = db:one("select name from authors where id = $1", 99) == nil,
    value = db:value "select count(*) from authors",
    empty = db:all "select * from authors where 0",
  }
end

function api.values.get()
  return db:one("select $1 as text, $2 as whole, $3 as part, $4 as yes, $5 as no, $6 as null1, $7 as null2, $8 as list",
    "ä'\"$1\0z", 9007199254740992, 1.25, true, false, rover.null, nil, { 1, "b", { c = 2 } })
end

function api.large.get()
  local row = db:one "select 9007199254740993 as large, -9007199254740992 as exact, 1e300 as real"
  return { large = type(row.large), row = row, exact = row.exact == -9007199254740992 }
end

function api.named.get()
  return db:all("select :b as b, :a as a, :b as again", { a = 1, b = "x" })
end

function api.spread.get()
  return {
    some = db:all("select id from authors where id in ($1...) and born > $2 order by id", { 1, 2, 3 }, 1920),
    none = db:all("select id from authors where id in ($1...)", {}),
  }
end

-- Columns are null in JSON, and in their order; what is added comes behind them.
function api.order.get()
  local row = db:one "select born as zeta, null as missing, name as alpha from authors where id = 1"
  local keys = {}
  for key in pairs(row) do keys[#keys + 1] = key end
  table.sort(keys)
  local added = db:one "select name, born, null as other from authors where id = 1"
  added.more = 1
  added.other = 2
  added.name = nil
  return { row = row, keys = keys, added = added, nested = { rows = db:all "select id, null as x from authors" } }
end

-- Where the compiler sees the text, it warns.
function api.twice.get() return db:one(string.rep("select 1 as a, 2 as b, 3 as a", 1)) end

function api.declared.get()
  fresh()
  db:exec("insert into books (title, author_id, sold, tags, cover) values ($1, 1, $2, $3, $4)", "a", true, { "x", { y = rover.null } }, "\255\0")
  local row = db:one "select sold, tags, cover, not sold as computed from books"
  return { sold = row.sold, tags = row.tags, first = row.tags[1], cover = row.cover == "\255\0", computed = row.computed }
end

function api.executed.get()
  fresh()
  return {
    added = db:exec "insert into books (id, title, author_id) values (7, 'a', 1), (8, 'b', 2)",
    changed = db:exec "update books set price = 1",
    none = db:exec "update books set price = 2 where id = 99",
    removed = db:exec "delete from books",
    returned = db:all "insert into books (id, title, author_id) values (9, 'c', 1) returning id, title",
  }
end

function api.insert.get()
  fresh()
  return {
    one = db:insert("books", { id = 1, title = "a", author_id = 1 }),
    row = db:insert("books", { id = 2, title = "b", author_id = 1, subtitle = rover.null }, { returning = "id, subtitle" }),
    list = db:insert("books", { { id = 3, title = "c", author_id = 1 }, { id = 4, title = "d", author_id = 2, price = 2 } }, { returning = "*" }),
    empty = db:insert("books", rover.array {}),
    defaults = db:insert("authors", { name = "x" }, { returning = "name" }),
  }
end

-- More values than one statement takes.
function api.many.get()
  fresh()
  local list = {}
  for i = 1, 12000 do list[i] = { id = i, title = "t" .. i, author_id = 1, price = i } end
  local done = db:insert("books", list)
  local bad = { { id = 20001, title = "a", author_id = 1 }, { id = 20001, title = "b", author_id = 1 } }
  return { rows = done.rows, last_id = done.last_id, count = db:value "select count(*) from books",
    bad = problem(db.insert, db, "books", bad), still = db:value "select count(*) from books" }
end

function api.change.get()
  fresh()
  db:insert("books", { { id = 1, title = "a", author_id = 1 }, { id = 2, title = "b", author_id = 2, price = 3 }, { id = 3, title = "c", author_id = 2 } })
  return {
    update = db:update("books", { price = 5, subtitle = "s" }, { id = 1 }),
    listed = db:update("books", { sold = true }, { id = { 1, 2, 99 } }, { returning = "id, sold" }),
    null = db:update("books", { price = 9 }, { price = rover.null }),
    delete = db:delete("books", { author_id = 2 }, { returning = "id" }),
    left = db:all "select id, price, subtitle, sold from books",
    all = problem(db.delete, db, "books", {}),
  }
end

function api.upsert.get()
  fresh()
  return {
    new = db:upsert("authors", { id = 5, name = "x", born = 1 }, { on = "id", returning = "*" }),
    same = db:upsert("authors", { id = 5, name = "y", born = 2 }, { on = "id", returning = "*" }),
    some = db:upsert("authors", { id = 5, name = "z", born = 3 }, { on = { "id" }, update = { "born" }, returning = "*" }),
    none = db:upsert("authors", { id = 5, name = "z", born = 3 }, { on = "id", update = {} }),
  }
end

function api.errors.get()
  fresh()
  return {
    unique = problem(db.exec, db, "insert into authors (name) values ('secret-1'), ('secret-1')"),
    primary = problem(db.exec, db, "insert into authors (id, name) values (1, 'a')"),
    foreign_key = problem(db.exec, db, "insert into books (title, author_id) values ('a', 77)"),
    not_null = problem(db.exec, db, "insert into books (author_id) values (1)"),
    check = problem(db.exec, db, "insert into books (title, author_id, price) values ('a', 1, -1)"),
    ["table"] = problem(db.all, db, "select * from bookz" .. ""),
    count = problem(db.all, db, "select $1, $2", 1),
    more = problem(db.all, db, "select $1", 1, 2),
    name = problem(db.all, db, "select :a", 1),
    two = problem(db.all, db, "select 1; select 2"),
    begin = problem(db.exec, db, "  begin immediate"),
    none = problem(db.exec, db, " -- nothing"),
    text = problem(db.all, db, "select 'a"),
    value = problem(db.all, db, "select $1", print),
    list = problem(db.all, db, "select 1 where 1 in ($1...)", 1),
    statement = problem(db.all, db, nil),
    dot = problem(db.all, "select 1"),
    unknown = problem(function() return db.query end),
    still = db:value "select count(*) from books",
  }
end

function api.uncaught.get() db:exec "insert into authors (name) values ('Lem')" end

function api.transaction.get()
  fresh()
  local kept, also = db:transaction(function(tx)
    tx:insert("books", { id = 1, title = "a", author_id = 1 })
    return tx:value "select count(*) from books", "b"
  end)
  local failed = problem(db.transaction, db, function(tx)
    tx:exec "delete from books"
    error("stop", 0)
  end)
  local broken = problem(db.transaction, db, function(tx)
    tx:exec "delete from books"
    tx:exec "insert into authors (name) values ('Lem')"
  end)
  -- An error that is caught inside does not end it.
  db:transaction(function(tx)
    pcall(tx.exec, tx, "insert into authors (name) values ('Lem')")
    tx:insert("books", { id = 2, title = "b", author_id = 1 })
  end)
  local ended
  db:transaction(function(tx) ended = tx end)
  return { kept = kept, also = also, failed = failed, broken = broken, count = db:value "select count(*) from books", ended = problem(function() ended:all "select 1" end) }
end

function api.nested.get()
  fresh()
  local inner
  db:transaction(function(tx)
    tx:insert("books", { id = 1, title = "outer", author_id = 1 })
    inner = problem(tx.transaction, tx, function(part)
      part:insert("books", { id = 2, title = "inner", author_id = 1 })
      error("inner", 0)
    end)
    tx:transaction(function(part)
      part:insert("books", { id = 3, title = "kept", author_id = 1 })
      pcall(part.transaction, part, function(deep)
        deep:insert("books", { id = 4, title = "deep", author_id = 1 })
        error "deep"
      end)
    end)
  end)
  return { inner = inner, titles = db:all "select title from books order by id",
    itself = problem(db.transaction, db, function() db:transaction(function() end) end),
    written = problem(db.transaction, db, function() db:exec "delete from books" end),
    read = db:transaction(function() return db:value "select count(*) from books" end) }
end

-- An answer that is thrown takes the transaction back like any error.
function api.thrown.get()
  fresh()
  db:transaction(function(tx)
    tx:insert("books", { id = 1, title = "a", author_id = 1 })
    error(api.json({ thrown = true }):status(409))
  end)
end
function api.left.get() return { count = db:value "select count(*) from books" } end

function api.isolated.get()
  fresh()
  local outside
  db:transaction(function(tx)
    tx:insert("books", { id = 1, title = "a", author_id = 1 })
    outside = db:value "select count(*) from books"
  end)
  return { outside = outside, after = db:value "select count(*) from books" }
end

function api.each.get()
  local sum, count = 0, 0
  for row in db:each("with recursive c(x) as (select 1 union all select x + 1 from c where x < $1) select x from c", 1000) do
    sum, count = sum + row.x, count + 1
  end
  local first
  for row in db:each "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c" do
    first = row.x
    if first == 300 then break end
  end
  local inside = 0
  db:transaction(function(tx)
    for row in tx:each "select id from authors" do inside = inside + row.id end
  end)
  local none = 0
  for _ in db:each "select 1 where 0" do none = none + 1 end
  return { sum = sum, count = count, first = first, inside = inside, none = none, wrong = problem(function() for _ in db:each(("select * from %s"):format("nowhere")) do end end) }
end

-- A query that takes longer than a moment lets others run.
function api.slow.get()
  local results = rover.all {
    function() return db:value "with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000) select count(*) from c" end,
    function() return db:value "select 7" end,
  }
  return results
end

function api.together.get()
  fresh()
  local numbers = {}
  for i = 1, 50 do numbers[i] = i end
  rover.all(numbers, function(i) db:insert("books", { id = i, title = "t" .. i, author_id = 1 }) end)
  local failed = rover.all(numbers, function(i)
    local _, e = rover.try(db.exec, db, "insert into books (id, title, author_id) values ($1, 'x', $2)", 100 + i, i % 2 == 0 and 1 or 77)
    return e and e.kind or "ok"
  end)
  local kinds = {}
  for i = 1, #failed do kinds[failed[i]] = (kinds[failed[i]] or 0) + 1 end
  return { count = db:value "select count(*) from books", kinds = kinds }
end

function api.rest.get()
  return { tables = db:all "select name from sqlite_schema where type = 'table' order by name", migrations = db:all "select number, name from _rover_migrations" }
end

return api
