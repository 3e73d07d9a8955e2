local api = rover.server {}

function api.get(ctx)
  return { id = 1 }
  print("done")
end

return api
