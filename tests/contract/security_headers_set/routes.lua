-- What protects pages, as the program wants it.
local api = rover.server {
  security_headers = {
    content_type_options = false,
    referrer_policy = "same-origin",
    frame_ancestors = { "self", "https://*.Portal.example", "http://localhost:*" },
  },
}

function api.get() return api.html "<p>constant" end
function api.page.get(ctx) return api.html { q = ctx:query().q } [[<p>{{ q }}]] end

return api
