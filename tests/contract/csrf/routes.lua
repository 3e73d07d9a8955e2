local api = rover.server {
  trusted_proxies = { "loopback" },
  sessions = { secret = "the secret of the tokens of forms", secure = true, name = "__Host-s" },
}

api.before = { rover.csrf { origins = { "https://App.example", "http://localhost:8080" } } }

function api.note.get() return "read" end
function api.note.head() return "head" end
function api.note.options() return "options" end
function api.note.post(ctx)
  local body = ctx:body()
  return "posted " .. (body and tostring(body) or "nothing")
end
function api.note.put() return "put" end
function api.note.patch() return "patched" end
function api.note.delete() return "deleted" end

function api.token.get(ctx) return ctx:csrf() end
function api.page.get(ctx)
  return api.html { token = ctx:csrf() } [[<form method="post"><input name="csrf" value="{{ token }}"></form>]]
end

function api.on_error(ctx, err) return { sorry = err.message, status = err.status } end

return api
