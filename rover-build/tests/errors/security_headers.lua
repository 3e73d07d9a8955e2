local api = rover.server {
  security_headers = {
    referer_policy = "same-origin",
    referrer_policy = "none",
    content_type_options = "sniff",
    frame_ancestors = { "self", "app.example", "none" },
  },
}

function api.get() return 1 end
return api
