local api = rover.server {
  sessions = { secret = "the secret of sessions in a store", ttl = 3600, store = "shared", name = "sid" },
}
require "kept" (api)

return api
