local api = rover.server {}

function api.items.post(ctx)
  return api.json({ name = "Teapot" }, 201)
end

function api.items.delete(ctx)
  return api.no_content("gone"):header("x-a", "b")
end

function api.old.get(ctx)
  return api:redirect("/new", 301)
end

function api.fine.get(ctx)
  return api.bytes("ab", "image/png"), api.error(404, "none"), api.json:status(201, {})
end

return api
