-- The second statement names another table.
insert into books (title) values ('first; second');
create index by_title
  on boks (title);
