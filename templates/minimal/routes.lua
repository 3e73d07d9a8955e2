local api = rover.server { port = 4242 }

function api.hello.p_name.get(ctx)
  return { message = "Hello, " .. ctx:params().name .. "!" }
end

return api
