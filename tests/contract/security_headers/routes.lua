-- What protects pages where nothing is said of it.
local api = rover.server { title = "Pages" }

function api.get() return api.html "<p>constant" end
function api.page.get(ctx)
  return api.html { q = ctx:query().q } [[<p>{{ q }}]]
end
function api.plain.get(ctx) return api.text(ctx:query().q) end
function api.data.get(ctx) return { q = ctx:query().q } end
function api.bytes_page.get(ctx) return api.bytes("<p>bytes", ctx:query().type or "Text/HTML; charset=latin1") end
function api.header_page.get(ctx) return api.text("<p>" .. ctx.path):header("Content-Type", "text/html") end
function api.header_text.get(ctx) return api.html("<p>" .. ctx.path):header("Content-Type", "text/plain") end
function api.waits.get(ctx)
  rover.sleep(0.001)
  return api.html("<p>" .. ctx.path)
end

function api.own.get(ctx)
  return api.html("<p>" .. ctx.path)
    :header("X-Content-Type-Options", "none")
    :header("Referrer-Policy", "unsafe-url")
    :header("Content-Security-Policy", "default-src 'self'; Frame-Ancestors https://a.example")
end
function api.own_constant.get()
  return api.html("<p>"):header("Referrer-Policy", "no-referrer"):header("content-security-policy", "default-src 'self'")
end
function api.own_frames.get(ctx) return api.html("<p>" .. ctx.path):header("X-Frame-Options", "DENY") end
function api.own_cookie.get(ctx) return api.html("<p>" .. ctx.path):cookie("a", "b") end
function api.not_modified.get(ctx) return api.html:status(304, ctx.path) end
function api.not_found(ctx) return api.html("<h1>Nothing at " .. "this path") end
function api.fails.get(ctx) error(ctx.path) end

return api
