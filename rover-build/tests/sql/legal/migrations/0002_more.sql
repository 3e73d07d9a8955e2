-- no-transaction
pragma foreign_keys = off;
begin;
create table log_new (at text not null default current_timestamp, what text, "from" text);
insert into log_new (at, what) select at, what from log;
drop table log;
alter table log_new rename to log;
alter table authors add column email text;
commit;
vacuum;
