local api = rover.server {}

function api.token.get()
  return { token = rover.random(32), id = rover.uuid() }
end

return api
