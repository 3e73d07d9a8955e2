local routes = {}
routes.routes = routes
local api = rover.server { body_limits = routes, trusted_proxies = routes }
return api
