-- Statements of PostgreSQL that are right, more of them than the parser knows.
local db = rover.db("postgres://localhost/books", { migrations = "migrations" })
local plain = rover.db "postgres://localhost/other"
local api = rover.server { docs = true }

function api.books.get() return db:all "select id, title, \"Year\", price as costs from books" end

function api.all.get(ctx)
  local id = ctx:query().id
  db:all "select * from books order by title limit 5 offset 2"
  db:all("select b.id, a.id as author from books b left join authors a on a.id = b.author where b.id = any($1)", { 1, 2 })
  db:all "select ID, Title, b.\"Year\" from Books as b where ctid is not null"
  db:all "select b from books b"
  db:all "select title as t, count(*) n from books group by t having count(*) > 1 order by n desc"
  db:all "with recent as (select * from books where price > 1) select anything from recent"
  db:all "select x.a from (select 1 as a) x"
  db:all "select g from generate_series(1, 10) g"
  db:all "select * from books, lateral (select 1 as one) l where one = 1"
  db:all "select data -> 'a' ->> 'b', data @> '{}'::jsonb, data ? 'a', data #>> '{a,b}' from events"
  db:all "select extract(year from at), at at time zone 'utc', current_date, now() - interval '1 day' from events"
  db:all "select make_interval(days => 1), array[1, 2][1], (array_agg(id order by id))[1:2] from books"
  db:all "select distinct on (author) author, title from books order by author, price desc nulls last"
  db:all "select sum(price) over w, rank() over (order by id) from books window w as (partition by author)"
  db:all "select * from only books for no key update skip locked"
  db:all "select relname from pg_class where oid = 1"
  db:all "select table_name from information_schema.tables"
  db:all "select anything from titles"
  db:all "select whatever from shelves"
  db:all "select author, books from counts"
  db:all "table books"
  db:all "select exists (select from books where author = authors.id) from authors"
  db:all "select title from books union all select 'x'"
  db:all "select other.thing from other.place as other"
  db:exec("insert into books as b (title, price) values ($1, default) on conflict (id) do update set price = excluded.price + b.price returning id, price", "a")
  db:exec "insert into books (title) select 'x' from authors where id > 1 returning *"
  db:exec "update books b set title = upper(b.title) from authors a where a.id = b.author and current_user <> 'x'"
  db:exec "delete from books using authors where authors.id = books.author"
  db:exec "merge into books using authors on authors.id = books.id when matched then delete"
  db:exec "create temp table picked on commit drop as select id from books"
  db:exec "insert into picked select id from books"
  db:exec "refresh materialized view counts"
  db:exec("select set_config('a.b', $1, true)", id)
  db:exec "lock table books in exclusive mode"
  db:exec "do $$ begin perform 1; end $$"
  db:insert("books", { title = "a", condition = "new" }, { returning = "id" })
  db:insert("shelves", { anything = 1 })
  plain:exec "delete from made_elsewhere"
  return {}
end

return api
