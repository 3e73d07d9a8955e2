create table books (id integer primary key, title text not null);
insert into books (title) values ('a');

-- No title.
insert into books (title) values (null);
