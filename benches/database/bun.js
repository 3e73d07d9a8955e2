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
  return {
    "/one": async () => {
      const [row] = await sql`select id, random_number, name from world where id = ${random(10000)}`;
      return Response.json(row);
    },
    "/fifty": async () => {
      const first = random(9900);
      return Response.json(await sql`select id, random_number, name from world where id between ${first} and ${first + 49}`);
    },
    "/add": async () => {
      const { count } = await sql`insert into log (at, text) values (${random(10000)}, ${"Hello, World!"})`;
      return Response.json({ rows: count, last_id: null });
    },
  };
};

const routes = database.startsWith("sqlite:") ? sqlite(database.slice("sqlite:".length)) : postgres(database);
Bun.serve({ hostname: "127.0.0.1", port: Number(port), routes });
