local api = rover.server {}
local token = rover.jwt.sign({ sub = "me" }, ("k"):rep(32))

function api.token.get()
  return { token = token }
end

return api
