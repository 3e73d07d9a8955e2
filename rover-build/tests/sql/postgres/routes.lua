-- Statements of PostgreSQL that are right.
local db = rover.db("postgres://localhost/books", { migrations = "migrations" })
local plain = rover.db "postgres://localhost/other"
local api = rover.server { docs = true }

function api.books.get() return db:all "select id, title, \"Year\", price as costs from books" end

function api.states.get() return db:all "select condition, b.author, a.id as wrote from books b left join authors a on a.id = b.author" end
function api.counted.get()
  return db:all [[
    with sold as (select author, count(*) as books, max(price) as most from books where condition = 'sold' group by author)
    select s.*, coalesce(most, 0) > 10 as much, now() as at, exists (select 1) as some, author + 1 as next from sold s
  ]]
end
function api.added.post() return db:one "insert into books (title) values ('a') returning id, condition, title || '!' as loud" end

function api.all.get(ctx)
  local id = ctx:query().id
  db:all "select * from books order by title limit 5 offset 2"
  db:all("select b.id, a.id as author from books b left join authors a on a.id = b.author where b.id = any($1)", { 1, 2 })
  db:all "select ID, Title, b.\"Year\" from Books as b where ctid is not null"
  db:all "select b from books b"
  db:all "select title as t, count(*) n from books group by t having count(*) > 1 order by n desc"
  db:all "with recent as (select * from books where price > 1) select title from recent"
  db:all "select x.a from (select 1 as a) x"
  db:all "select g from generate_series(1, 10) g"
  db:all "select * from books, lateral (select 1 as one) l where one = 1"
  db:all "select data -> 'a' ->> 'b', data @> '{}'::jsonb, data ? 'a', data #>> '{a,b}' from events"
  db:all "select extract(year from at), at at time zone 'utc', current_date, now() - interval '1 day' from events"
  db:all "select make_interval(days => 1), (array[1, 2])[1], (array_agg(id order by id))[1:2] from books"
  db:all "select distinct on (author) author, title from books order by author, price desc nulls last"
  db:all "select sum(price) over w, rank() over (order by id) from books window w as (partition by author)"
  db:all "select * from only books for no key update skip locked"
  db:all "select relname from pg_class where oid = 1"
  db:all "select table_name from information_schema.tables"
  db:all "select title from titles"
  db:all "select title from shelves"
  db:all "select author, books from counts"
  db:all "table books"
  db:all "select exists (select from books where author = authors.id) from authors"
  db:all "select title from books union all select 'x'"
  db:all "select other.thing from other.place as other"
  db:exec("insert into books as b (title, price) values ($1, default) on conflict (id) do update set price = excluded.price + b.price returning id, price", "a")
  db:exec "insert into books (title) select 'x' from authors where id > 1 returning *"
  db:exec "update books b set title = upper(b.title) from authors a where a.id = b.author and current_user <> 'x'"
  db:exec "delete from books using authors where authors.id = books.author"
  db:all "select b.title, s.title as shelf from books b full join shelves s using (id) order by id, shelf"
  db:all "select t.n from (values (1), (2)) as t (n) where t.n = (select max(id) from authors a where a.id = t.n)"
  db:all "with recursive n (i) as (select 1 union all select i + 1 from n where i < 3) select i, n.i as again from n"
  db:all "with gone as (delete from authors returning id) select gone.id from gone join books on books.author = gone.id"
  db:all "select author as a, count(*) from books group by a order by a nulls first, count(*) desc limit 3"
  db:all "(select id from books order by title) union select id from authors order by id"
  db:all "select titles.*, author from titles natural join books"
  db:all "select b.touch, books from books, lateral (select touch from (select 1 as touch) x) b"
  db:all("select id from books where condition = $1 and price between $2 and $3 and title in ($4...)", "sold", "1.5", 2, { "a", "b" })
  db:all("select id from books where condition = any($1) and id = any($2) limit $3", { "new" }, { 1 }, 10)
  db:all("select id from books where title = :title and id > :id", { title = "a", id = "7" })
  db:exec("insert into books (title, \"Year\", price) values ($1, $2, $3), ('b', $4, null)", "a", 1999, 1.5, rover.null)
  db:exec "insert into books overriding system value select * from shelves on conflict (id) where id > 1 do nothing"
  db:exec "update shelves set (title, price) = (select title, price from books where id = shelves.id), author = default returning shelves.*"
  db:exec "merge into books as b using (select id from authors) as a on a.id = b.id when matched and b.price > 1 then update set title = 'x' when not matched then insert (title) values ('y')"
  db:all "select json_build_object('id', id) from books for update of books nowait"
  db:all "select u.a, u.n from unnest(array[1, 2]) with ordinality as u (a, n)"
  db:all "select (b).title, (b).* from books b"
  db:all "select sum(price) filter (where id > 1) as total, string_agg(title, ',' order by id) from books having count(*) > 1"
  db:exec "merge into books using authors on authors.id = books.id when matched then delete"
  db:exec "create temp table picked on commit drop as select id from books"
  db:exec "insert into picked select id from books"
  db:exec "refresh materialized view counts"
  db:exec("select set_config('a.b', $1, true)", id)
  db:exec "lock table books in exclusive mode"
  db:exec "do $$ begin perform 1; end $$"
  db:insert("books", { title = "a", condition = "new" }, { returning = "id" })
  db:insert("shelves", { id = 1, title = "a", condition = "new" })
  db:insert("filled", { name = "a" })
  db:insert("touched", {})
  db:insert("ruled", {})
  db:insert("later", {})
  db:insert("parted", {})
  db:insert("tagged", { { tags = { "a" }, data = { a = 1 } }, { tags = "{b}", data = "1" } })
  db:delete("tagged", { tags = { { "a" } } })
  db:update("books", { condition = "sold", price = "1.5", Year = 1999 }, { id = { 1, "2" }, title = 7 })
  local row, list = { Year = 1 }, {}
  row.title, list[1] = "a", { title = "a" }
  db:insert("books", row)
  db:insert("books", list)
  plain:exec "delete from made_elsewhere"
  return {}
end

return api
