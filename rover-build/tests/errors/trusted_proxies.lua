local proxies = { "loopback", "nginx", "10.0.0.1/8" }
local api = rover.server { trusted_proxies = proxies }
return api
