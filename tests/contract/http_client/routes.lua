-- A program that asks another server, which is itself: `tests/http_client.rs` says where that is.
local api = rover.server {}
local json_client = rover.http.client { headers = { ["X-Client"] = "yes", accept = "application/json" }, timeout = "2m" }

-- The other server.
function api.echo.get(ctx)
  return {
    query = ctx:query(),
    client = ctx:headers()["x-client"],
    accept = ctx:headers().accept,
    id = ctx.request_id,
    trace = ctx:headers().traceparent,
  }
end
function api.echo.post(ctx)
  return { type = ctx:headers()["content-type"], body = ctx:body() and ctx:body():text() }
end
function api.echo.put(ctx) return api.text:status(201, ctx:body():text()):header("X-Made", "a"):header("X-Made", "b") end
function api.missing.get() return api.error(404, "nothing here") end
function api.moved.get() return api.redirect("/echo?from=moved") end
function api.page.get() return api.html("<p>no JSON") end
function api.slow.get() rover.sleep(60) return "late" end
function api.long.get() return ("0123456789"):rep(30000) end

local calls = {}

function calls.get(at)
  local r = rover.http.get(at .. "/echo", { query = { a = "1 2", list = { "x", "y" } }, timeout = "2m" })
  local data = r:json()
  return { status = r.status, ok = r.ok, url = r.url == at .. "/echo?a=1%202&list=x&list=y" or r.url == at .. "/echo?list=x&list=y&a=1%202",
    type = r.headers["Content-Type"], a = data.query.a, list = data.query.list, accept = data.accept }
end

function calls.json(at)
  return rover.http.post(at .. "/echo", { json = rover.array { 1, "two", { three = true } } }):json()
end
function calls.form(at) return rover.http.post(at .. "/echo", { form = { ["a b"] = "c&d" } }):json() end
function calls.body(at)
  return rover.http.post(at .. "/echo", { body = "plain", headers = { ["Content-Type"] = "text/x-thing" } }):json()
end
function calls.put(at)
  local r = rover.http.put(at .. "/echo", { body = "made" })
  return { r.status, r.text, r.headers["x-made"] }
end
function calls.head(at)
  local r = rover.http.head(at .. "/long")
  return { r.status, r.text, r.headers["content-length"] }
end
function calls.missing(at)
  local r = rover.http.get(at .. "/missing")
  return { r.status, r.ok, r:json().error }
end
function calls.moved(at)
  local r = rover.http.get(at .. "/moved")
  local stopped = rover.http.get(at .. "/moved", { redirects = 0 })
  return { r.url == at .. "/echo?from=moved", r:json().query.from, stopped.status, stopped.headers.location }
end
function calls.client(at)
  local r = json_client:get(at .. "/echo"):json()
  local other = json_client:request("GET", at .. "/echo", { headers = { ["x-client"] = "mine" } }):json()
  return { r.client, r.accept, other.client }
end
function calls.trace(at)
  local with, without = rover.http.get(at .. "/echo"):json(), rover.http.get(at .. "/echo", { trace = false }):json()
  return { with.id, with.trace, without.id ~= "the-id", without.trace == nil }
end
function calls.stream(at)
  local length, parts = 0, 0
  for part in rover.http.get(at .. "/long", { stream = true }):chunks() do
    length, parts = length + #part, parts + 1
  end
  return { length, parts > 1 }
end
function calls.at_once(at)
  local results = rover.all({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
    return rover.http.get(at .. "/echo", { query = { i = i }, timeout = "2m" }):json().query.i
  end)
  return results
end

-- What went wrong, as the program sees it.
local function problem(f, ...)
  local ok, e = pcall(f, ...)
  if ok then return "no error" end
  if type(e) == "table" then return { kind = e.kind, code = e.code, retryable = e.retryable, text = tostring(e) == e.message } end
  return (tostring(e):gsub("^.-routes.lua:%d+: ", ""))
end

function calls.timeout(at) return problem(rover.http.get, at .. "/slow", { timeout = 0.2 }) end
function calls.too_large(at) return problem(rover.http.get, at .. "/long", { max_body = "1KiB" }) end
function calls.refused() return problem(rover.http.get, "http://127.0.0.1:1/") end
function calls.no_json(at)
  return problem(function() return rover.http.get(at .. "/page"):json() end)
end
function calls.try(at)
  local r, e = rover.try(rover.http.get, at .. "/long", { max_body = 10 })
  return { r == nil, e.kind }
end

function api.call.p_name.get(ctx) return calls[ctx:params().name](ctx:query().at) end

-- What a program says wrongly is told with its line.
local wrong = {
  url = function() rover.http.get() end,
  space = function() rover.http.get("http://a/b c") end,
  scheme = function() rover.http.get("ftp://a/") end,
  option = function() rover.http.get("http://a/", { timout = 1 }) end,
  timeout = function() rover.http.get("http://a/", { timeout = "soon" }) end,
  header = function() rover.http.get("http://a/", { headers = { ["x"] = "a\r\nb: c" } }) end,
  framing = function() rover.http.get("http://a/", { headers = { ["Content-Length"] = 5 } }) end,
  two = function() rover.http.post("http://a/", { json = {}, form = {} }) end,
  json = function() rover.http.post("http://a/", { json = print }) end,
  method = function() rover.http.request("GE T", "http://a/") end,
  client = function() rover.http.client {} end,
  member = function() return json_client.fetch end,
}
function api.wrong.p_name.get(ctx)
  local ok, e = pcall(wrong[ctx:params().name])
  return { ok = ok, kind = type(e) == "table" and e.kind or nil, message = tostring(e) }
end

return api
