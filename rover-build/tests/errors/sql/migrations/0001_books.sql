-- What the shop sells.
create table books (
  id integer primary key,
  title text not null,
  year integer,
  author integer not null references authors (id)
);
