create table exact (id integer primary key, count integer not null default 0, size real, name text, data any, bytes blob) strict;
create table ignored (name text not null on conflict ignore);
create table hooked (name text not null);
create trigger skipped before insert on hooked when new.name is null begin select raise(ignore); end;
create table keyed (id integer primary key not null, note text);
