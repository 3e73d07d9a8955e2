local api = rover.server {}
local secret = rover.env.SECRET or rover.crypto.random(32)

function api.token.get()
  return rover.crypto.hmac("sha256", secret, "text", { hex = true })
end

return api
