local api = rover.server {}

function api.get(ctx)
  local name = "Ann
  return "Hello, " .. name
end

return api
