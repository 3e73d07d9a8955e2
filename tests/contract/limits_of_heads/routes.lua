-- Heads with limits of their own; a route at the path of a health check.
local api = rover.server {
  health = true,
  request_line_limit = 64,
  header_limit = "512B",
  max_headers = 6,
}

function api.not_found() return "nothing here" end
function api.on_error(_, err) return err.message end
function api.rest_path.get() return "a route" end

return api
