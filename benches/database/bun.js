// bun bun.js <port> <database>: the routes of `routes.lua`, but for the tables, by bun:sqlite or Bun.sql, in a
// database whose tables Rover has made.
import { SQL } from "bun";
import { Database } from "bun:sqlite";

const [port, database] = process.argv.slice(2);
const random = (most) => 1 + Math.floor(Math.random() * most);

const sqlite = (place) => {
  const [file, synchronous = "normal"] = place.split("?synchronous=");
  const db = new Database(file);
  db.run("pragma journal_mode = wal");
  db.run(`pragma synchronous = ${synchronous}`);
  db.run("pragma busy_timeout = 5000");
  const one = db.query("select id, random_number, name from world where id = ?1");
  const fifty = db.query("select id, random_number, name from world where id between ?1 and ?1 + 49");
  const add = db.query("insert into log (at, text) values (?1, ?2)");
  return {
    "/one": () => Response.json(one.get(random(10000))),
    "/fifty": () => Response.json(fifty.all(random(9900))),
    "/add": () => {
      const { changes, lastInsertRowid } = add.run(random(10000), "Hello, World!");
      return Response.json({ rows: changes, last_id: Number(lastInsertRowid) });
    },
  };
};

const postgres = (url) => {
  const sql = new SQL(url, { max: 1 });
  const places = Array.from({ length: 20 }, (_, at) => `($${at * 2 + 1}::integer, $${at * 2 + 2}::integer)`);
  const update = `update world set random_number = new.column2 from (values ${places.join(", ")}) as new where world.id = new.column1`;
  const world = async (id) => (await sql`select id, random_number from world where id = ${id}`)[0];
  const ids = () => {
    const taken = new Set();
    while (taken.size < 20) taken.add(random(10000));
    return [...taken].sort((a, b) => a - b);
  };
  return {
    "/one": async () => {
      const [row] = await sql`select id, random_number, name from world where id = ${random(10000)}`;
      return Response.json(row);
    },
    "/fifty": async () => {
      const first = random(9900);
      return Response.json(await sql`select id, random_number, name from world where id between ${first} and ${first + 49}`);
    },
    "/queries": async () => Response.json(await Promise.all(ids().map(world))),
    "/fortunes": async () => {
      const fortunes = [...(await sql`select id, message from fortune`)];
      fortunes.push({ id: 0, message: "One more that is added for each request." });
      fortunes.sort((a, b) => (a.message < b.message ? -1 : 1));
      const rows = fortunes.map(({ id, message }) => `<tr><td>${id}</td><td>${Bun.escapeHTML(message)}</td></tr>`);
      const page = `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>${rows.join("")}</table></body></html>`;
      return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
    },
    "/updates": async () => {
      const rows = await Promise.all(ids().map(world));
      for (const row of rows) row.random_number = random(10000);
      await sql.unsafe(update, rows.flatMap((row) => [row.id, row.random_number]));
      return Response.json(rows);
    },
    "/add": async () => {
      const { count } = await sql`insert into log (at, text) values (${random(10000)}, ${"Hello, World!"})`;
      return Response.json({ rows: count, last_id: null });
    },
  };
};

const routes = database.startsWith("sqlite:") ? sqlite(database.slice("sqlite:".length)) : postgres(database);
Bun.serve({ hostname: "127.0.0.1", port: Number(port), routes });
