return { "create table made_when_it_starts (id integer)" }
