local api = rover.server {
  port: 8080,
  "host": "127.0.0.1",
}
local users = []
local primes = [2, 3, 5]
local span = { start = 1, end = 2 }

function api.users.post(ctx)
  users[] = ctx:body():json()
  return { last = span.end }
end

return api
