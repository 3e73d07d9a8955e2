create table entries (id bigint generated always as identity primary key, account text not null references accounts, note text, constraint short check (length(note) < 10));
create unique index entries_note on entries (note);
