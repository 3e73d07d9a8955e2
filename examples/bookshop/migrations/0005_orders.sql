create table orders (
  id integer primary key autoincrement,
  session text not null,
  name text not null,
  total integer not null
);

create index orders_of_session on orders (session);

-- Titles and prices as they were at the time of the order. A book may have gone since.
create table order_lines (
  order_id integer not null references orders on delete cascade,
  book integer not null,
  title text not null,
  quantity integer not null,
  price integer not null,
  primary key (order_id, book)
);
