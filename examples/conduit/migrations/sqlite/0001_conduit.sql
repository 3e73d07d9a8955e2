create table users (
  id integer primary key,
  username text not null unique,
  email text not null unique,
  password text not null,
  bio text,
  image text
);
create table follows (
  follower_id integer not null references users on delete cascade,
  followed_id integer not null references users on delete cascade,
  primary key (follower_id, followed_id)
) without rowid;
create table articles (
  id integer primary key,
  slug text not null unique,
  title text not null,
  description text not null,
  body text not null,
  tags json not null,
  author_id integer not null references users on delete cascade,
  created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
create index articles_author on articles (author_id);
create trigger articles_update after update of title, description, body, tags on articles begin
  update articles set updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') where id = new.id;
end;
create table article_tags (
  tag text not null,
  article_id integer not null references articles on delete cascade,
  primary key (tag, article_id)
) without rowid;
create index article_tags_article on article_tags (article_id);
create table favorites (
  article_id integer not null references articles on delete cascade,
  user_id integer not null references users on delete cascade,
  primary key (article_id, user_id)
) without rowid;
create index favorites_user on favorites (user_id);
create table comments (
  id integer primary key,
  article_id integer not null references articles on delete cascade,
  author_id integer not null references users on delete cascade,
  body text not null,
  created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
create index comments_article on comments (article_id);
