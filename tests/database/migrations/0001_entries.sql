create table entries (id integer primary key, text text not null);
