local api = rover.server {}

function api.get(ctx)
  if ctx.path == "/"
    return 1
  end
end

return api
