local api = rover.server {}

function api.items.get(ctx) {
  return {}
}

return api
