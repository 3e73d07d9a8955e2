local db = rover.db("sqlite:books.db", { migrations = "migrations" })
local api = rover.server { docs = true }

local function rows(sql, ...) return db:all(sql, ...) end

function api.books.get() return db:all "select * from books" end
function api.books.p_id.get(ctx)
  local book = db:one("select id, title, year from books where id = $1", ctx:params().id)
  if not book then return api.error(404, "no such book") end
  return book
end
function api.joined.get()
  return { books = db:all "select b.title, a.name as author from books b join authors a on a.id = b.author" }
end
function api.outer.get() return db:all "select b.title, a.name from books b left join authors a on a.id = b.author" end
function api.aggregate.get() return db:one "select max(year) as newest, title from books" end
function api.counted.get()
  return {
    books = db:value "select count(*) from books",
    any = db:value "select exists (select 1 from books)",
    sums = db:one "select count(year) n, sum(price) as sum, total(price) total, group_concat(title) titles, min(id) least from books",
  }
end
-- NULL is null where a row is written, and nothing where a column is read.
function api.read.get()
  local book = db:one "select title, year, tags from books"
  return { title = book.title, year = book.year, tags = book.tags, known = book.year or 0, whole = book }
end
function api.grouped.get() return db:all "select author, count(*) as books from books group by author" end
function api.view.get() return db:all "select id, title from titles" end
function api.pairs.get() return db:all "select a, b from pairs" end
function api.count.get() return { count = db:value "select year from books" } end
function api.first.get() return db:one("select id, title from books limit 1").title end
function api.books.post(ctx)
  return db:one("insert into books (title, price, author) values ($1, 1, 1) returning id, title", ctx:body():text())
end
function api.books.delete() return db:exec "delete from books" end
function api.helper.get() return rows "select name from authors" end
function api.two.get(ctx) return rows(ctx.path and "select id from authors" or "select name from authors") end
function api.unseen.get(ctx) return db:all("select id from books order by " .. ctx.path) end
function api.inside.get()
  return db:transaction(function(tx) return tx:all "select id from books" end)
end

return api
