local api = rover.server {}
function api.hello.get(ctx)
  return { id = }
end
return api
