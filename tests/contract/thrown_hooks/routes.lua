-- Contract section 11: thrown answers beside hooks. `on_error` is not called for them.
local api = rover.server {}

function api.on_error(ctx, err)
  local message = tostring(type(err) == "table" and err.message or err)
  if message:find("teapot") then error(api.text:status(418, "from the hook")) end
  if message:find("plain") then error(api.json { handled = "thrown" }) end
  return { handled = message }
end

function api.not_found(ctx)
  if ctx.path == "/moved" then error(api.redirect:permanent("/here")) end
  error(api.text("nothing here"))
end

local g = rover.guard
function api.thrown.get() error(api.error(401, "No token")) end
function api.raised.get() error("boom", 0) end
function api.teapot.get() error("a teapot") end
function api.plain.get() error("plain") end
function api.checked.post(ctx)
  local body = ctx:body():expect { n = g:integer():required() }
  error(api.json:status(202, { n = body.n }))
end

return api
