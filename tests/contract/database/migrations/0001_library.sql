create table authors (
  id integer primary key,
  name text not null unique,
  born integer
);
create table books (
  id integer primary key,
  title text not null,
  author_id integer not null references authors,
  price real constraint price_is_positive check (price >= 0),
  sold boolean not null default false,
  tags json,
  cover blob
);
