local api = rover.server {}

function api.get(ctx)
  local a = ctx.path or
  return a
end

return api
