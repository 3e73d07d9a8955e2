local api = rover.server {}

function api.items.get(ctx)
  if (ctx.path == "/") {
    return {}
  }
end

return api
