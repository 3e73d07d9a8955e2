local api = rover.server {}

function api.get(ctx)
  if ctx.path == "/" then return 1 end
  end
end

return api
