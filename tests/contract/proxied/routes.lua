-- What the proxies say that are trusted: the client of these tests is one.
local api = rover.server { trusted_proxies = { "loopback", "10.0.0.0/8" } }

function api.ip.get(ctx) return ctx.client_ip end
function api.host.get(ctx) return ctx.host end
function api.scheme.get(ctx) return ctx.scheme end
function api.url.get(ctx) return ctx.url end
function api.fields.get(ctx) return { ip = ctx.client_ip, host = ctx.host, scheme = ctx.scheme, url = ctx.url } end
function api.alias.get(ctx)
  local c = ctx
  return { ip = c.client_ip, host = c.host, scheme = c.scheme, url = c.url }
end
function api.not_found(ctx) return api.error(404, ctx.client_ip) end

return api
