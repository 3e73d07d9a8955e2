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
  local none = api.error(404, "none")
  return ctx and api.bytes("ab", "image/png") or none or api.json:status(201, {})
end

return api
