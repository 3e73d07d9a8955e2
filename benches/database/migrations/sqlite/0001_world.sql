create table world (id integer primary key, random_number integer not null, name text not null);
create table log (id integer primary key, at integer not null, text text not null);
with recursive numbers (id) as (select 1 union all select id + 1 from numbers where id < 10000)
insert into world (id, random_number, name) select id, (id * 7919) % 10000, 'row ' || id from numbers;
create table fortune (id integer primary key, message text not null);
insert into fortune (id, message) select id, 'message <' || (id * 7) % 12 || '> & "more"' from world where id <= 12;
