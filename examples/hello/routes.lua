local api = rover.server { port = 4242 }

function api.users.p_id.get(ctx)
  return { id = ctx:params().id }
end

function api.hello.get()
  return "Hello from Rover!"
end

return api
