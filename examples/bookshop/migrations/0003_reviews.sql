create table reviews (
  id integer primary key autoincrement,
  book integer not null references books on delete cascade,
  stars integer not null,
  text text not null
);

create index reviews_of_book on reviews (book);
