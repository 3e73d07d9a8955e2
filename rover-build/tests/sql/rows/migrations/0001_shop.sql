create table authors (id integer primary key, name text not null);
create table books (
  id integer primary key,
  title text not null,
  year int,
  price real not null,
  sold boolean not null default false,
  tags json not null default '[]',
  cover blob,
  author integer not null references authors (id)
);
create table pairs (a integer not null, b integer, primary key (a, b));
create view titles as select id, title from books;
