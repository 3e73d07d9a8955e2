alter table books add column author int references authors (id), add column price numeric(8, 2);
alter table books rename column state to condition;
alter table authors drop column name;
create view titles as select title from books;
