local api = rover.server { timeouts = { ["GET /report"] = "5m", ["GET /"] = true } }

function api.reports.get()
  return "x"
end

function api.get()
  return "y"
end

return api
