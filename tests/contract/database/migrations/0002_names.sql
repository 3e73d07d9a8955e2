-- What is there already is changed by a second file.
alter table books add column subtitle text;
insert into authors (id, name, born) values (1, 'Le Guin', 1929), (2, 'Lem', 1921);
