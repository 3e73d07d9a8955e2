local api = rover.server {
  deadline = "soon",
  deadlines = {
    ["GET /report"] = "10s",
    ["GET /reports/{id}"] = true,
  },
}

function api.reports.get() return "report" end
function api.reports.p_id.get(ctx) return ctx:params().id end

return api
