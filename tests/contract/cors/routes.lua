-- Pages of some sites may ask; below some paths others, or nobody.
local api = rover.server {
  body_limit = 10,
  timeouts = { ["GET /waits/for_long"] = "20ms" },
  cors = {
    origins = {
      "https://app.example", "HTTPS://Shop.Example:443",
      "https://*.preview.example", "http://localhost:*", "http://[::1]:3000", "null",
    },
    expose = { "X-Total", "etag" },
    max_age = "10m",
  },
}

function api.constant.get() return { constant = true } end
function api.constant.post() return api.json:status(201, { made = true }) end
function api.varies.get() return api.text("constant"):header("Vary", "Accept") end
function api.varies_already.get() return api.text("constant"):header("vary", "Accept, ORIGIN") end
function api.varies_by_all.get() return api.text("constant"):header("vary", "*") end
function api.says_itself.get() return api.text("mine"):header("access-control-allow-origin", "https://other.example") end

function api.items.get(ctx) return { query = ctx:query().q } end
function api.items.put(ctx) return ctx:body():json() end
function api.items.p_id.get(ctx) return { id = ctx:params().id } end
function api.items.p_id.delete(ctx) return api.no_content() end

function api.handler_varies.get(ctx)
  local answer = api.json { q = ctx:query().q }
  answer:header("Vary", "Accept"):header("Vary", "Cookie")
  return answer
end
function api.handler_says.get(ctx)
  return api.json({ q = ctx:query().q }):header("Access-Control-Allow-Origin", "https://other.example"):header("Vary", "Accept")
end

local g = rover.guard
function api.checked.post(ctx) return ctx:body():expect(g:object { a = g:string():required() }) end
function api.fails.get(ctx) error(ctx:query().q or "boom") end
function api.denied.get(ctx)
  if not ctx:headers().authorization then return api.error(401, "Who are you?") end
  return "you"
end
function api.waits.get(ctx)
  rover.sleep(0.001)
  return { q = ctx:query().q }
end
function api.waits.fails.get(ctx)
  rover.sleep(0.001)
  error(ctx:query().q or "boom")
end

function api.waits.for_long.get(ctx)
  rover.sleep(3600)
  return { q = ctx:query().q }
end

-- Its own OPTIONS.
function api.own.get(ctx) return "own" end
function api.own.options(ctx) return api.json { mine = ctx.path } end

-- Another policy.
api.partner.cors = {
  origins = "https://partner.example",
  credentials = true,
  methods = { "get", "PATCH" },
  headers = { "Authorization", "content-type" },
  expose = {},
}
function api.partner.get() return "constant" end
function api.partner.data.get(ctx) return { q = ctx:query().q } end
function api.partner.data.put(ctx) return { q = ctx:query().q } end
function api.partner.p_id.things.get(ctx) return { id = ctx:params().id } end
api.partner.p_id.things.cors = { origins = { "https://things.example", "https://app.example" }, headers = {} }

-- Nobody.
api.inner.cors = false
function api.inner.get() return "constant" end
function api.inner.data.get(ctx) return { q = ctx:query().q } end
-- And in it some again.
api.inner.open.cors = { origins = { "https://app.example", "https://b.example" }, credentials = true }
function api.inner.open.get(ctx) return { q = ctx:query().q } end

-- A part of a path with the policy's name.
function api.words.cors.get(ctx) return "a path" end
api.more.cors = { get = function() return "a table of routes" end, origins = { get = function() return "below" end } }
api.late.cors = {}
function api.late.cors.get() return "an empty table first" end

return api
