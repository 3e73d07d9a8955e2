create table authors (id integer primary key, name text not null, title text);
create view titles as select title from books;
