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

const isText = (value) => typeof value === "string" && value !== "";

// What is wrong with an order, if anything is.
const wrong = (order) => {
  const { customer, items, coupon, note } = order;
  if (typeof customer !== "object" || customer === null) return "customer must be an object";
  if (!isText(customer.name)) return "customer.name must be a text";
  if (!isText(customer.email)) return "customer.email must be a text";
  const address = customer.address;
  if (typeof address !== "object" || address === null) return "customer.address must be an object";
  if (!isText(address.street)) return "customer.address.street must be a text";
  if (!isText(address.city)) return "customer.address.city must be a text";
  if (!isText(address.zip)) return "customer.address.zip must be a text";
  if (typeof address.country !== "string" || address.country.length !== 2) return "customer.address.country must be a code";
  if (!Array.isArray(items) || items.length === 0) return "items must be a list";
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== "object" || item === null) return `items[${i}] must be an object`;
    if (!isText(item.sku)) return `items[${i}].sku must be a text`;
    if (!isText(item.name)) return `items[${i}].name must be a text`;
    if (!Number.isInteger(item.quantity) || item.quantity < 1) return `items[${i}].quantity must be an integer from 1`;
    if (typeof item.price !== "number" || item.price < 0) return `items[${i}].price must be a number from 0`;
    const options = item.options;
    if (options === undefined) continue;
    if (!Array.isArray(options)) return `items[${i}].options must be a list`;
    for (const option of options) if (typeof option !== "string") return `items[${i}].options must be texts`;
  }
  if (coupon !== undefined && typeof coupon !== "string") return "coupon must be a text";
  if (note !== undefined && (typeof note !== "string" || note.length > 500)) return "note must be a short text";
};

const place = async (request) => {
  const order = await request.json();
  const message = wrong(order);
  if (message) return refusal(message);
  let total = 0;
  for (const item of order.items) total += item.price * item.quantity;
  const { name, address } = order.customer;
  const answer = { customer: name, city: address.city, coupon: order.coupon, lines: order.items.length, total };
  return Response.json(answer, { status: 201 });
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
  if (path === "/orders" && method === "POST") return place(request);
  const segments = path.split("/");
  if (segments.length === 5 && segments[1] === "users" && segments[3] === "posts") {
    const [, , user, , post] = segments.map(decodeURIComponent);
    return Response.json({ user, post, limit: query().get("limit"), trace: request.headers.get("x-trace") });
  }
  return new Response("Not Found", { status: 404 });
};

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} }, answer);
