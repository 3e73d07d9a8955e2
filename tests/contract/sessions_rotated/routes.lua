local api = rover.server {
  sessions = {
    secret = { "a second secret that signs from now on", "the first secret of these sessions" },
    ttl = "2h", same_site = "strict", secure = true,
  },
}

function api.data.get(ctx) return { data = ctx:session() } end

function api.not_found(ctx)
  return api.json:status(404, { visits = ctx:session().visits or 0 })
end

return api
