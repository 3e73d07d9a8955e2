create table books (id bigint primary key);

create index by_id on books(id) wher id > 1;
