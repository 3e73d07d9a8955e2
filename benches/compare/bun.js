// bun bun.js <port>
const rows = (count) => {
  const rows = [];
  for (let i = 1; i <= count; i++) {
    rows.push({ id: i, name: `User ${i}`, email: `user${i}@example.com`, active: i % 2 === 0, score: i * 1.5 });
  }
  return { count, rows };
};

const refusal = (message) => Response.json({ error: message }, { status: 400 });

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  routes: {
    "/echo": () => Response.json({ message: "Hello, World!" }),
    "/users/:user/posts/:post": (request) => {
      const { user, post } = request.params;
      const limit = new URL(request.url).searchParams.get("limit");
      return Response.json({ user, post, limit, trace: request.headers.get("x-trace") });
    },
    "/rows": (request) => Response.json(rows(Number(new URL(request.url).searchParams.get("count") ?? 10))),
    "/items": {
      POST: async (request) => {
        const item = await request.json();
        if (typeof item.name !== "string" || item.name === "") return refusal("name must be a string");
        if (typeof item.price !== "number" || item.price < 0) return refusal("price must be a number from 0");
        if (!Number.isInteger(item.quantity) || item.quantity < 1) return refusal("quantity must be an integer from 1");
        return Response.json({ name: item.name, total: item.price * item.quantity }, { status: 201 });
      },
    },
  },
});
