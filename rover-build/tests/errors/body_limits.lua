local api = rover.server {
  body_limits = {
    ["POST /upload"] = "20MiB",
    ["POST /uploads"] = "much",
  },
  health = 1,
  max_headers = "many",
  keep_alive = "75 hours",
  max_connection = 5,
  min_rate = 0.5,
}

function api.uploads.post(ctx) return #ctx:body() end

return api
