-- What lies in the carts, by the visitor's cookie.
create table cart_lines (
  session text not null,
  book integer not null references books on delete cascade,
  quantity integer not null,
  primary key (session, book)
);
