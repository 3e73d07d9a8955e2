-- Whatever bytes a client sends, what a program gets of them is a text, and no answer fails.
local api = rover.server {}
local g = rover.guard

function api.header.get(ctx) return { agent = ctx:headers()["user-agent"], path = ctx.path } end
function api.joined.get(ctx) return { text = "from " .. ctx:headers()["user-agent"] .. "!" } end
function api.plain.get(ctx) return "from " .. ctx:headers()["user-agent"] end
function api.page.get(ctx)
  return api.html { agent = ctx:headers()["user-agent"] } [[<p title="{{ agent }}">{{ agent }}</p><script>a({{ agent }})</script>]]
end
function api.list.get(ctx)
  local agent, rows = ctx:headers()["user-agent"], {}
  for i = 1, 2 do rows[#rows + 1] = { at = i, agent = agent, joined = i .. " " .. agent .. "." } end
  return rows
end
function api.all.get(ctx)
  local headers = ctx:headers()
  return { agent = headers["User-Agent"], all = ctx:header_all("x-a"), joined = headers["x-a"], id = ctx.request_id }
end
function api.query.get(ctx) return { q = ctx:query().q, all = ctx:query_all("q") } end
function api.checked.get(ctx) return ctx:query():expect(g:object { q = g:string():len(1) }) end

-- Bodies: texts but for `raw`, whose bytes JSON replaces as `text` does.
function api.body.post(ctx)
  local body = ctx:body()
  return { itself = body, text = body:text(), string = tostring(body), joined = "<" .. body .. ">", length = #body,
    bytes = #body:raw(), raw = body:raw() }
end
function api.body.page.post(ctx) return api.html { body = ctx:body() } [[<p>{{ body }}</p>]] end
function api.body.same.post(ctx) return api.bytes(ctx:body()) end
function api.body.list.post(ctx)
  local raw, rows = ctx:body():raw(), {}
  for i = 1, 2 do rows[#rows + 1] = { at = i, raw = raw, joined = "<" .. raw .. ">", two = raw .. i .. raw } end
  return rows
end
function api.upload.post(ctx)
  local file = ctx:body():form().f
  return { name = file.filename, type = file.content_type, data = file.data }
end
-- A text that is cut in the middle of a character.
function api.cut.get(ctx) return { short = ctx:query().q:sub(1, 4) } end
function api.encoded.get(ctx) return api.text(rover.json.encode { ctx:query().q:sub(1, 4) }) end

-- The body `null`, and others that are no table.
function api.value.direct.post(ctx) return ctx:body():json() end
function api.value.whole.post(ctx)
  local body = ctx:body()
  return body:json()
end
function api.value.built.post(ctx) return api.json(ctx:body():json()) end

return api
