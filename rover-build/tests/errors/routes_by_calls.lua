local api = rover.server {}

api.get("/users/:id", function(ctx) return { id = 1 } end)
api:post("/user-list", function(ctx) return {} end)
api.get("/files/*", function(ctx) return {} end)
api.use(function(ctx) end)
api.listen(8080)

return api
