// bun bun.js <port> <database>: the routes of `routes.lua` by Hono and its tokens, and the list of articles of
// `examples/conduit` from the same tables.
import { Database } from "bun:sqlite";
import { Hono } from "hono";
import { jwt, verify } from "hono/jwt";

const [port, file] = process.argv.slice(2);
const SECRET = "a secret that is only for this bench";
const app = new Hono();

const answer = (c) => {
  const { user, post } = c.req.param();
  return c.json({ user, post, limit: c.req.query("limit"), trace: c.req.header("x-trace") });
};

app.get("/open/users/:user/posts/:post", answer);
app.use("/secured/*", jwt({ secret: SECRET, alg: "HS256" }));
app.get("/secured/users/:user/posts/:post", answer);

const articles = (db) => {
  const columns = `a.id, a.slug, a.title, a.description, a.tags, a.created_at, a.updated_at, u.username, u.bio, u.image,
    (select count(*) from favorites where article_id = a.id) as favorites,
    exists (select 1 from favorites where article_id = a.id and user_id = $me) as favorited,
    exists (select 1 from follows where followed_id = u.id and follower_id = $me) as following`;
  const from = `from articles a join users u on u.id = a.author_id
    where ($tag is null or exists (select 1 from article_tags t where t.article_id = a.id and t.tag = $tag))
      and ($author is null or u.username = $author)
      and ($favorited is null or exists (select 1 from favorites f join users o on o.id = f.user_id
        where f.article_id = a.id and o.username = $favorited))`;
  const page = db.query(`select ${columns} ${from} order by a.id desc limit $limit offset $offset`);
  const count = db.query(`select count(*) as count ${from}`);
  const article = (row) => ({
    slug: row.slug, title: row.title, description: row.description, tagList: JSON.parse(row.tags),
    createdAt: row.created_at, updatedAt: row.updated_at,
    favorited: row.favorited === 1, favoritesCount: row.favorites,
    author: { username: row.username, bio: row.bio, image: row.image, following: row.following === 1 },
  });
  return async (c) => {
    const authorization = c.req.header("authorization");
    const me = authorization ? (await verify(authorization.split(" ")[1], SECRET, "HS256")).id : 0;
    const text = (name) => c.req.query(name) ?? null;
    const [limit, offset] = [Number(c.req.query("limit") ?? 20), Number(c.req.query("offset") ?? 0)];
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000 || !Number.isInteger(offset) || offset < 0) {
      return c.json({ errors: { query: ["is wrong"] } }, 422);
    }
    const asked = { $me: me, $tag: text("tag"), $author: text("author"), $favorited: text("favorited") };
    return c.json({
      articles: page.all({ ...asked, $limit: limit, $offset: offset }).map(article),
      articlesCount: count.get(asked).count,
    });
  };
};

if (file) app.get("/api/articles", articles(new Database(file)));

Bun.serve({ hostname: "127.0.0.1", port: Number(port), fetch: app.fetch });
