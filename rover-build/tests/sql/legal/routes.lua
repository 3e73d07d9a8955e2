-- Statements that are right: none of them may be called wrong.
local queries = require "queries"
local db = rover.db("sqlite:books.db", { migrations = "migrations" })
local other = rover.db(os.getenv "OTHER_DATABASE", { migrations = { sqlite = "other" } })
local cache = rover.db "sqlite::memory:"
local api = rover.server {}

rover.on_start(function()
  cache:exec "create table if not exists kept (key text primary key, value json)"
  cache:exec "create index if not exists by_value on kept (value)"
end)

local LIMIT = 20
local ORDER = { title = "title", year = "year desc" }

local function page(where, ...)
  return db:all("select id, title from books where " .. where .. " limit " .. LIMIT, ...)
end

local function run(sql, ...)
  return db:exec(sql, ...)
end

function api.selects.get(ctx)
  local id = ctx:query().id
  local rows = db:all "select * from books"
  rows[1] = db:one("select b.title, a.name as author from books as b join authors a on a.id = b.author where b.id = $1", id)
  rows[2] = db:value "select count(*) from books"
  rows[3] = db:all [[
    with recursive chain (id, name, depth) as (
      select id, name, 0 from employees where boss is null
      union all
      select e.id, e.name, depth + 1 from employees e join chain c on e.boss = c.id
    )
    select * from chain order by depth, name
  ]]
  rows[4] = db:all "select title, rank() over (partition by author order by price desc) as place from books"
  rows[5] = db:all "select b.id, tag.value from books b, json_each(b.tags) as tag where tag.value = 'new'"
  rows[6] = db:all("select books.title from search join books on books.id = search.rowid where search match $1", id)
  rows[7] = db:all("select title from books where id in ($1...) and year between $2 and $3", { 1, 2 }, 1900, 2000)
  rows[8] = db:all("select title from books where year = :year or title = :title or year = :year", { year = 1, title = "a" })
  rows[9] = db:all "select author_name, label from recent where not sold"
  rows[10] = db:one "select exists (select 1 from books where price > (select avg(price) from books)) as dear"
  rows[11] = db:all "select title as 't;t', '$1 :name ?' as text from books -- $2 ?"
  rows[12] = db:all "select rowid, * from authors where name glob 'A*' and born > date('now', '-1 year')"
  rows[13] = db:all "values (1, 'a'), (2, 'b')"
  rows[14] = db:all "select b.title from books b where exists (select 1 from authors a where a.id = b.author and a.email is not null)"
  rows[15] = db:all "select \"from\", [what] from log;"
  rows[16] = db:all "select iif(year is null, 'old', 'new') as age, json_extract(tags, '$[0]') as first, tags ->> 0 as again from books"
  rows[17] = db:all "explain query plan select * from books"
  rows[18] = db:all "select name from sqlite_schema"
  rows[19] = db:all "select a.* from authors a natural join (select id from books) group by a.name having count(*) > 1"
  rows[20] = db:all "select * from pragma_table_info('books')"
  rows[21] = page("year = $1", 1999)
  rows[22] = page("title like :like", { like = "a%" })
  rows[23] = db:all("select title from books order by " .. (ORDER[id] or "title"))
  rows[24] = db:all("select title from books where author = $1 order by " .. (ctx.path and "title" or "year") .. " limit 5", id)
  rows[25] = db:all(queries.by_author, id)
  rows[26] = queries.find(db, "year = $1", 1)
  rows[27] = db:all "select * from books b left join authors a using (id)"
  rows[28] = db:all("select $1 as a, $1 as b, $2 as c", 1, rover.null)
  rows[29] = db:all("select :a", ctx:body():json())
  rows[31] = db:all("select :a, :b", { a = 1 })
  rows[32] = db:all "select name from _rover_migrations"
  rows[30] = db:all("select $1, $2", table.unpack and 1 or 2, select(1, 3))
  for row in db:each "select id from books" do rows[#rows + 1] = row.id end
  return #rows
end

function api.writes.post(ctx)
  local book = { title = "a", year = 1, author = 1 }
  db:exec("insert into books (title, year, author) values (:title, :year, :author)", book)
  db:exec("update books set year = :year where title = :title", book)
  db:one("insert into books (title) values ($1) on conflict (title, author) do update set price = excluded.price returning id", ctx.path)
  db:exec "update books set price = price * 2 from authors where authors.id = books.author"
  db:exec "delete from books where id not in (select min(id) from books group by title)"
  db:exec "insert or ignore into pairs values ('a', 'b')"
  db:exec "replace into pairs (a, b) values ('a', 'b')"
  db:exec "create temp table picked as select id from books"
  db:exec "insert into picked select id from books"
  db:exec "drop table if exists nowhere"
  db:exec "pragma optimize"
  run("insert into log (what) values ($1)", "x")
  run "delete from log"
  cache:exec("insert into kept values ($1, $2)", "a", "{}")
  cache:exec "select * from made_elsewhere"
  db:insert("books", { title = "a", LABEL = nil, Year = 3 }, { returning = "*" })
  db:insert("books", { { title = "a" }, { title = "b" } }, { returning = "id, Title" })
  db:update("books", { title = "b" }, { rowid = 1 })
  db:delete("Books", { id = 1 })
  db:upsert("pairs", { a = "1", b = "2" }, { on = { "a", "b" }, update = {} })
  db:insert("picked", { id = 1 })
  cache:insert("made_elsewhere", { a = 1 })
  other:exec "delete from other"
  return db:transaction(function(tx)
    tx:exec("update books set sold = true where id = $1", 1)
    return tx:transaction(function(inner) return inner:value "select total(price) from books" end)
  end, { retry = 2 })
end

-- Rows that have what they need, or may get it.
function api.rows.get(ctx)
  db:insert("exact", { count = true, size = "1.5", name = 7, data = {}, bytes = ctx.path })
  db:insert("exact", { { count = " 12 ", id = 1 }, { count = 1e3, name = { 1 }, id = 2 } })
  db:delete("exact", { count = "many" })
  db:insert("ignored", {})
  db:insert("hooked", {})
  db:insert("keyed", { note = "a" })
  db:insert("books", rover.array {})
  db:update("books", { year = "many" }, { title = 1 })
  local row, list = { year = 1 }, {}
  row.title = ctx.path
  for i = 1, 3 do list[i] = { title = "a" } end
  db:insert("books", row)
  db:insert("books", list)
  return db:upsert("authors", { id = 1, name = "a" }, { on = "id" })
end

-- Others have methods of the same names.
local shelf = { items = {} }
function shelf:all(what) return { what, self.items } end
function shelf:insert(where, what) self.items[where] = what end
local stores = { db = db, shelf = shelf }

function api.others.get()
  shelf:insert("from where", {})
  local one = stores.shelf:all "not sql at all"
  for _, store in pairs(stores) do one[#one + 1] = store:all("nor this, which may be either") end
  return one
end

-- Texts that are not seen.
function api.unseen.get(ctx)
  local sql = "select title from books where true"
  if ctx.path then sql = sql .. " and year > 1" end
  local rows = db:all(sql)
  rows[1] = db:all(("select %s from books"):format(ctx.path and "a" or "b"))
  rows[2] = db:all(ctx:query().sql)
  return rows
end

return api
