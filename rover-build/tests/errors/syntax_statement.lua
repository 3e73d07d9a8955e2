local api = rover.server {}

function api.get(ctx)
  ctx.path
  return 1
end

return api
