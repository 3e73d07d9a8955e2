-- The back end of RealWorld: users, profiles, articles, comments, favorites. See README.md.
local g, null = rover.guard, rover.null
local env = rover.env {
  --- Where everything is kept: SQLite or PostgreSQL.
  DATABASE_URL = g:string():default("sqlite:conduit.db"),
  --- What tokens are signed with, at least 32 bytes.
  JWT_SECRET = g:string():required():min(32),
}
local db = rover.db(env.DATABASE_URL, {
  migrations = { sqlite = "migrations/sqlite", postgres = "migrations/postgres" },
})
local app = rover.server { title = "Conduit", version = "2.0.0", cors = { origins = "*" } }
local api = app.api

local function failed(status, what, message)
  return app.json:status(status, { errors = { [what] = { message } } })
end

-- What does not pass a schema is told by field.
function app.on_error(ctx, err)
  if err.kind ~= "guard" then return { errors = { [err.kind] = { err.message or "failed" } } } end
  local errors = {}
  for _, it in ipairs(err.errors) do
    local is_empty = it.type == "required" or it.type == "length"
    errors[it.field:match "[^.]+$" or "body"] = { is_empty and "can't be blank" or it.message }
  end
  return app.json:status(422, { errors = errors })
end

-- A token that is sent is checked everywhere: an answer says what its reader likes and follows.
function api.before(ctx)
  local token = ctx:headers().authorization
  if not token then return end
  local claims = rover.jwt.claims(token, env.JWT_SECRET)
  if not claims then return failed(401, "token", "is invalid") end
  ctx.reader = claims.id
end

local function signed_in(ctx)
  return ctx.reader or error(failed(401, "token", "is missing"))
end

-- SQLite has numbers for what is true.
local function is_true(value) return value == true or value == 1 end

-- `null` is no value for these fields.
local function refuse_null(fields, ...)
  for _, name in ipairs { ... } do
    if fields[name] == null then error(failed(422, name, "can't be blank")) end
  end
end

-- Users
local text = g:string():min(1)
local needed = text:required()

local function user(row)
  local token = rover.jwt.sign({ id = row.id }, env.JWT_SECRET, { ttl = "7d" })
  return {
    user = { email = row.email, token = token, username = row.username, bio = row.bio or null, image = row.image or null },
  }
end

local function taken(err)
  if err.kind ~= "unique" then error(err) end
  local what = err.column or err.constraint
  error(failed(409, what:match "email" or what:match "slug" or "username", "has already been taken"))
end

function api.users.post(ctx)
  local new = ctx:body():expect { user = g:object { username = needed, email = needed, password = needed }:required() }.user
  new.password = rover.password.hash(new.password)
  local row, err = rover.try(db.insert, db, "users", new, { returning = "*" })
  return app.json:status(201, user(row or taken(err)))
end

function api.users.login.post(ctx)
  local given = ctx:body():expect { user = g:object { email = needed, password = needed }:required() }.user
  local row = db:one("select * from users where email = $1", given.email)
  -- It takes as long where nobody has the address.
  local is_right = rover.password.verify(given.password, row and row.password)
  return is_right and user(row) or failed(401, "credentials", "invalid")
end

local function current(ctx)
  return db:one("select * from users where id = $1", signed_in(ctx)) or error(failed(401, "token", "is invalid"))
end

function api.user.get(ctx) return user(current(ctx)) end

local CHANGES = g:object {
  username = text:nullable(), email = text:nullable(), password = g:string():min(8):nullable(),
  bio = g:string():nullable(), image = g:string():nullable(),
}

function api.user.put(ctx)
  local before = current(ctx)
  local changes = ctx:body():expect { user = CHANGES:required() }.user
  refuse_null(changes, "username", "email", "password")
  if changes.bio == "" then changes.bio = null end
  if changes.image == "" then changes.image = null end
  if changes.password then changes.password = rover.password.hash(changes.password) end
  if not next(changes) then return user(before) end
  local rows, err = rover.try(db.update, db, "users", changes, { id = before.id }, { returning = "*" })
  return user((rows or taken(err))[1])
end

-- Profiles
local function author(row)
  return { username = row.username, bio = row.bio or null, image = row.image or null, following = is_true(row.following) }
end

local function profile(ctx)
  return db:one([[select id, username, bio, image,
      exists (select 1 from follows where followed_id = id and follower_id = $2) as following
    from users where username = $1]], ctx:params().username, ctx.reader or 0)
    or error(failed(404, "profile", "not found"))
end

function api.profiles.p_username.get(ctx) return { profile = author(profile(ctx)) } end

function api.profiles.p_username.follow.post(ctx)
  db:exec("insert into follows (follower_id, followed_id) values ($1, $2) on conflict do nothing",
    signed_in(ctx), profile(ctx).id)
  return { profile = author(profile(ctx)) }
end

function api.profiles.p_username.follow.delete(ctx)
  db:exec("delete from follows where follower_id = $1 and followed_id = $2", signed_in(ctx), profile(ctx).id)
  return { profile = author(profile(ctx)) }
end

-- Articles
local COLUMNS = [[a.id, a.slug, a.title, a.description, a.tags, a.created_at, a.updated_at, a.author_id,
  u.username, u.bio, u.image,
  (select count(*) from favorites where article_id = a.id) as favorites,
  exists (select 1 from favorites where article_id = a.id and user_id = :me) as favorited,
  exists (select 1 from follows where followed_id = u.id and follower_id = :me) as following ]]
local FROM = "from articles a join users u on u.id = a.author_id "

local function article(row)
  return {
    slug = row.slug, title = row.title, description = row.description, body = row.body, tagList = row.tags,
    createdAt = row.created_at, updatedAt = row.updated_at,
    favorited = is_true(row.favorited), favoritesCount = row.favorites, author = author(row),
  }
end

local function articles(rows)
  local list = {}
  for _, row in ipairs(rows) do list[#list + 1] = article(row) end
  return list
end

local function find(ctx, slug)
  return db:one("select a.body, " .. COLUMNS .. FROM .. "where a.slug = :slug", { slug = slug, me = ctx.reader or 0 })
    or error(failed(404, "article", "not found"))
end

local function own(ctx)
  local me, row = signed_in(ctx), find(ctx, ctx:params().slug)
  return row.author_id == me and row or error(failed(403, "article", "forbidden"))
end

-- Both databases count with 32 bits at least.
local MOST = 2 ^ 31 - 1
local LIMIT, OFFSET = g:integer():min(1):max(1000):default(20), g:integer():min(0):max(MOST):default(0)
local PAGE = "order by a.id desc limit :limit offset :offset"

function api.articles.get(ctx)
  local asked = ctx:query():expect {
    tag = g:string(), author = g:string(), favorited = g:string(), limit = LIMIT, offset = OFFSET,
  }
  asked.me = ctx.reader or 0
  local WHERE = [[
    where (cast(:tag as text) is null or exists (select 1 from article_tags t where t.article_id = a.id and t.tag = :tag))
      and (cast(:author as text) is null or u.username = :author)
      and (cast(:favorited as text) is null or exists (select 1 from favorites f join users o on o.id = f.user_id
        where f.article_id = a.id and o.username = :favorited)) ]]
  return {
    articles = articles(db:all("select " .. COLUMNS .. FROM .. WHERE .. PAGE, asked)),
    articlesCount = db:value("select count(*) " .. FROM .. WHERE, asked),
  }
end

function api.articles.feed.get(ctx)
  local me, asked = signed_in(ctx), ctx:query():expect { limit = LIMIT, offset = OFFSET }
  local WHERE = "where a.author_id in (select followed_id from follows where follower_id = :me) "
  asked.me = me
  return {
    articles = articles(db:all("select " .. COLUMNS .. FROM .. WHERE .. PAGE, asked)),
    articlesCount = db:value("select count(*) " .. FROM .. WHERE, asked),
  }
end

local TAGS = g:array(text)

local function tag(tx, id, tags)
  tx:delete("article_tags", { article_id = id })
  for _, name in ipairs(tags) do
    tx:exec("insert into article_tags (tag, article_id) values ($1, $2) on conflict do nothing", name, id)
  end
end

function api.articles.post(ctx)
  local me = signed_in(ctx)
  local new = ctx:body():expect {
    article = g:object { title = needed, description = needed, body = needed, tagList = TAGS:default {} }:required(),
  }.article
  table.sort(new.tagList)
  local slug = new.title:lower():gsub("[^%w]+", "-") .. "-" .. rover.crypto.random(6, { hex = true })
  local _, err = rover.try(db.transaction, db, function(tx)
    local row = tx:insert("articles", {
      slug = slug, title = new.title, description = new.description, body = new.body, tags = new.tagList, author_id = me,
    }, { returning = "id" })
    tag(tx, row.id, new.tagList)
  end)
  if err then taken(err) end
  return app.json:status(201, { article = article(find(ctx, slug)) })
end

function api.articles.p_slug.get(ctx) return { article = article(find(ctx, ctx:params().slug)) } end

function api.articles.p_slug.put(ctx)
  local row = own(ctx)
  local given = ctx:body():expect {
    article = g:object { title = text, description = text, body = text, tagList = TAGS:nullable() }:required(),
  }.article
  refuse_null(given, "tagList")
  if given.tagList then table.sort(given.tagList) end
  local changes = { title = given.title, description = given.description, body = given.body, tags = given.tagList }
  if next(changes) then
    db:transaction(function(tx)
      tx:update("articles", changes, { id = row.id })
      if given.tagList then tag(tx, row.id, given.tagList) end
    end)
  end
  return { article = article(find(ctx, row.slug)) }
end

function api.articles.p_slug.delete(ctx)
  db:delete("articles", { id = own(ctx).id })
  return app.no_content()
end

function api.articles.p_slug.favorite.post(ctx)
  local me, row = signed_in(ctx), find(ctx, ctx:params().slug)
  db:exec("insert into favorites (article_id, user_id) values ($1, $2) on conflict do nothing", row.id, me)
  return { article = article(find(ctx, row.slug)) }
end

function api.articles.p_slug.favorite.delete(ctx)
  local me, row = signed_in(ctx), find(ctx, ctx:params().slug)
  db:exec("delete from favorites where article_id = $1 and user_id = $2", row.id, me)
  return { article = article(find(ctx, row.slug)) }
end

function api.tags.get()
  local tags = {}
  for _, row in ipairs(db:all "select tag from article_tags group by tag order by count(*) desc, tag limit 100") do
    tags[#tags + 1] = row.tag
  end
  return { tags = tags }
end

-- Comments
local COMMENTS = [[select c.id, c.body, c.created_at, u.username, u.bio, u.image,
    exists (select 1 from follows where followed_id = u.id and follower_id = :me) as following
  from comments c join users u on u.id = c.author_id where c.article_id = :article ]]

local function comment(row)
  return { id = row.id, createdAt = row.created_at, updatedAt = row.created_at, body = row.body, author = author(row) }
end

function api.articles.p_slug.comments.get(ctx)
  local rows = db:all(COMMENTS .. "order by c.id", { article = find(ctx, ctx:params().slug).id, me = ctx.reader or 0 })
  local comments = {}
  for _, row in ipairs(rows) do comments[#comments + 1] = comment(row) end
  return { comments = comments }
end

function api.articles.p_slug.comments.post(ctx)
  local me, row = signed_in(ctx), find(ctx, ctx:params().slug)
  local new = ctx:body():expect { comment = g:object { body = needed }:required() }.comment
  local made = db:insert("comments", { article_id = row.id, author_id = me, body = new.body }, { returning = "id" })
  local values = { article = row.id, me = me, id = made.id }
  return app.json:status(201, { comment = comment(db:one(COMMENTS .. "and c.id = :id", values)) })
end

function api.articles.p_slug.comments.p_id.delete(ctx)
  local me, row = signed_in(ctx), find(ctx, ctx:params().slug)
  local id = ctx:params():expect { id = g:integer():required():min(1):max(MOST) }.id
  local by = db:value("select author_id from comments where id = $1 and article_id = $2", id, row.id)
  if not by then return failed(404, "comment", "not found") end
  if by ~= me then return failed(403, "comment", "forbidden") end
  db:delete("comments", { id = id })
  return app.no_content()
end

return app
