-- Secrets and a database of the start.
local db = rover.db(rover.env.DATABASE_URL)
local cache = rover.redis(rover.env.REDIS_URL)
local api = rover.server {
  sessions = { secret = { rover.env.SESSION_SECRET, rover.env.OLD_SECRET }, store = db },
}

function api.get(ctx) return { user = ctx:session().user, seen = cache:get "seen" } end

return api
