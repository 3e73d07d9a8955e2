create table authors (id integer primary key, name text not null);
create table books (
  id integer primary key,
  title text not null,
  author integer not null references authors,
  pages integer,
  price real not null default 0,
  cover blob
) strict;
