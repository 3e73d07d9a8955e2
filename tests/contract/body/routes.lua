-- Contract section 4: the body.
local api = rover.server {}

function api.b.raw.post(ctx)
  local body = ctx:body()
  return { none = body == nil, text = body and body:raw() }
end
function api.b.json.nested.post(ctx) return ctx:body():json() end
function api.b.dot.post(ctx) local read = ctx.body().json return read() end
function api.b.field.post(ctx) return { name = ctx:body():json().name } end
function api.b.text.post(ctx) return ctx:body():text() end
function api.b.bytes.post(ctx) return ctx:body():bytes() end
function api.b.form.post(ctx) return ctx:body():form() end
function api.b.form_all.post(ctx)
  local body = ctx:body()
  return { all = body:form_all("a"), none = body.form_all(body, "zz"), last = body:form().a }
end
function api.b.upload.post(ctx)
  local file = ctx:body():form().file
  if type(file) ~= "table" then return { file = file == nil and "none" or "text" } end
  return { filename = file.filename, content_type = file.content_type, size = #file.data }
end
function api.b.download.post(ctx)
  local file = ctx:body():form().file
  return api.bytes(file.data, file.content_type)
end
local kept -- rover: per-worker
function api.b.keep.post(ctx)
  local before = kept
  kept = ctx:body()
  if not before then return { first = true } end
  local ok, message = pcall(function() return before:form() end)
  return { text = before:text(), ok = ok, message = message:gsub("^.-: ", "") }
end
function api.b.form_caught.post(ctx)
  local ok, err = pcall(function() return ctx:body():form() end)
  return { ok = ok, status = err.status, message = err.message }
end
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
function api.b.member.post(ctx) local name = "nothing" return ctx:body()[name](1) end

return api
