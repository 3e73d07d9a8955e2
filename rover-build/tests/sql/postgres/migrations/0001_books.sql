create type state as enum ('new', 'sold');
create table Books (
  id bigint generated always as identity primary key,
  title text not null,
  "Year" int,
  state state not null default 'new'
);
create table authors (id serial primary key, name varchar(80) not null);
create function touch() returns trigger as $$ begin new.id := 1; return new; end; $$ language plpgsql;
create index by_title on books (lower(title));
