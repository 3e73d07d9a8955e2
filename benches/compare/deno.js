// deno run --allow-net deno.js <port>
const rows = (count) => {
  const rows = [];
  for (let i = 1; i <= count; i++) {
    rows.push({ id: i, name: `User ${i}`, email: `user${i}@example.com`, active: i % 2 === 0, score: i * 1.5 });
  }
  return { count, rows };
};

const refusal = (message) => Response.json({ error: message }, { status: 400 });

const create = async (request) => {
  const item = await request.json();
  if (typeof item.name !== "string" || item.name === "") return refusal("name must be a string");
  if (typeof item.price !== "number" || item.price < 0) return refusal("price must be a number from 0");
  if (!Number.isInteger(item.quantity) || item.quantity < 1) return refusal("quantity must be an integer from 1");
  return Response.json({ name: item.name, total: item.price * item.quantity }, { status: 201 });
};

const answer = (request) => {
  const { url, method } = request;
  const start = url.indexOf("/", 8);
  const mark = url.indexOf("?", start);
  const path = mark < 0 ? url.slice(start) : url.slice(start, mark);
  const query = () => new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  if (path === "/echo") return Response.json({ message: "Hello, World!" });
  if (path === "/rows") return Response.json(rows(Number(query().get("count") ?? 10)));
  if (path === "/items" && method === "POST") return create(request);
  const segments = path.split("/");
  if (segments.length === 5 && segments[1] === "users" && segments[3] === "posts") {
    const [, , user, , post] = segments.map(decodeURIComponent);
    return Response.json({ user, post, limit: query().get("limit"), trace: request.headers.get("x-trace") });
  }
  return new Response("Not Found", { status: 404 });
};

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} }, answer);
