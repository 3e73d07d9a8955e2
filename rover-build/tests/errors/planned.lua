local api = rover.server { compress = true, rate_limit = 5, body_size_limit = "1MiB", readiness = true }

function api.auth(ctx) end

function api.get(ctx)
  return { ctx.last_event_id, api.stream(function() end) }
end

return api
