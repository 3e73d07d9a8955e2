-- Contract section 4: the body.
local api = rover.server {}

function api.b.raw.post(ctx)
  local body = ctx:body()
  return { none = body == nil, text = body and body:raw() }
end
function api.b.json.nested.post(ctx) return ctx:body():json() end
function api.b.dot.post(ctx) return ctx.body().json() end
function api.b.field.post(ctx) return { name = ctx:body():json().name } end
function api.b.text.post(ctx) return ctx:body():text() end
function api.b.bytes.post(ctx) return ctx:body():bytes() end
function api.b.form.post(ctx) return ctx:body():form() end
function api.b.string.post(ctx)
  local body = ctx:body()
  return { text = tostring(body), length = #body, joined = "<" .. body .. ">", out = body }
end
function api.b.whole.post(ctx) return ctx:body() end
function api.b.binary.post(ctx) return api.bytes(ctx:body():raw()) end
function api.b.as_text.post(ctx) return api.text(ctx:body()) end
function api.b.as_html.post(ctx) return api.html(ctx:body()) end
function api.b.unused.post() return "did not look" end
function api.b.caught.post(ctx)
  local ok, err = pcall(function() return ctx:body():json() end)
  return { ok = ok, message = tostring(err) }
end
local function helper(ctx) return ctx:body():json() end
function api.b.helper.post(ctx) return helper(ctx) end
function api.b.member.post(ctx) return ctx:body():nothing() end

return api
