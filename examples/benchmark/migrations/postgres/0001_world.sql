-- The benchmark's own database has the tables and their rows already.
create table if not exists world (
  id integer primary key,
  randomnumber integer not null
);

insert into world (id, randomnumber)
select id, floor(random() * 10000)::integer + 1 from generate_series(1, 10000) as id
on conflict (id) do nothing;
