-- Each has the other's state where two run at once.
create table accounts (name text primary key, balance int not null check (balance >= 0));
insert into accounts values ('a', 100), ('b', 100);
create function slow() returns void language sql as $$ select pg_sleep(0.2); select null::void; $$;
select slow();
