local api = rover.server { compress = true, rate_limit = 5, body_size_limit = "1MiB", readiness = true }

function api.before(ctx) end
function api.admin.before(ctx) end
function api.auth(ctx) end

function api.get(ctx)
  return { ctx:session(), api.stream(function() end) }
end

return api
