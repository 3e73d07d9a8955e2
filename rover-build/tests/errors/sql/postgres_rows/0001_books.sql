create type state as enum ('new', 'sold');
create table authors (id serial primary key, name text not null);
create table books (
  id bigint generated always as identity primary key,
  title text not null,
  author int not null references authors,
  pages int,
  state state not null default 'new',
  tags text[] not null default '{}',
  sold boolean not null default false
);
alter table authors add column email text;
alter table authors alter column email set not null;
