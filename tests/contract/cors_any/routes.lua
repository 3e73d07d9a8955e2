-- Every page may ask.
local api = rover.server { health = true, deadline = "50ms" }
api.cors = { origins = "*", headers = "*", expose = "*", max_age = 0 }

function api.get() return { constant = true } end
function api.page.get() return api.html "<p>constant" end
function api.echo.post(ctx) return ctx:body():text() end
function api.long.get(ctx)
  while ctx.path do end
end
function api.on_error(ctx, err) return { status = err.status } end
function api.not_found(ctx) return { nothing = ctx.path } end

-- Spliced from several tables.
local only = { origins = { "https://a.example", "https://b.example" } }
api.some = { cors = only, get = function(ctx) return ctx.path end }

return api
