create table users (
  id integer generated always as identity primary key,
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
);
create table articles (
  id integer generated always as identity primary key,
  slug text not null unique,
  title text not null,
  description text not null,
  body text not null,
  tags json not null,
  author_id integer not null references users on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index articles_author on articles (author_id);
create function set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at = clock_timestamp();
  return new;
end $$;
create trigger articles_update before update of title, description, body, tags on articles
  for each row execute function set_updated_at();
create table article_tags (
  tag text not null,
  article_id integer not null references articles on delete cascade,
  primary key (tag, article_id)
);
create index article_tags_article on article_tags (article_id);
create table favorites (
  article_id integer not null references articles on delete cascade,
  user_id integer not null references users on delete cascade,
  primary key (article_id, user_id)
);
create index favorites_user on favorites (user_id);
create table comments (
  id integer generated always as identity primary key,
  article_id integer not null references articles on delete cascade,
  author_id integer not null references users on delete cascade,
  body text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index comments_article on comments (article_id);
