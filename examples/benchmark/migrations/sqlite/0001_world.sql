create table world (
  id integer primary key,
  randomnumber integer not null
);

insert into world (id, randomnumber)
with recursive numbers (id) as (
  select 1 union all select id + 1 from numbers where id < 10000
)
select id, abs(random() % 10000) + 1 from numbers;
