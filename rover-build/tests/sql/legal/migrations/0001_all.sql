create table authors (id integer primary key, name text not null, born date);
create table books (
  id integer primary key autoincrement,
  title text not null collate nocase,
  year integer check (year > 0),
  price real not null default 0,
  author integer references authors (id) on delete cascade,
  tags json not null default '[]',
  sold boolean not null default false,
  label text generated always as (title || ' (' || year || ')') virtual,
  unique (title, author)
);
create index by_year on books (year) where year is not null;
create view recent as select b.*, a.name as author_name from books b left join authors a on a.id = b.author;
create virtual table search using fts5 (title, content = 'books', content_rowid = 'id');
create trigger indexed after insert on books begin
  insert into search (rowid, title) values (new.id, new.title);
end;
create table log (at text not null default current_timestamp, what text) strict;
create table pairs (a text, b text, primary key (a, b)) without rowid;
create table employees (id integer primary key, boss integer references employees, name text);
insert into authors (name) values ('Le Guin; Ursula'), ('O''Brien');
