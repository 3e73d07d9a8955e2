create table entries (
  -- A number is never given twice.
  id integer primary key autoincrement,
  name text not null,
  message text not null,
  website text not null,
  colour text not null
);

insert into entries (name, message, website, colour)
values ('Ada', 'The first greeting.
It has two lines.', 'https://example.org/', 'teal');
