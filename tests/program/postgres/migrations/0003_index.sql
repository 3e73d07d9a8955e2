-- no-transaction
create index concurrently if not exists entries_account on entries (account);
create index concurrently if not exists entries_both on entries (account, note);
