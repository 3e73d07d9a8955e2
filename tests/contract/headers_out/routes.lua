-- Contract section 5: the headers of a response, in every way in which one is made.
local api = rover.server {}

-- Any header, as the query says; the compiler sees no name.
local function set(ctx, response)
  return response:header(ctx:query().name, ctx:query().value)
end
api.set.text.get = function(ctx) return set(ctx, api.text("x")) end
api.set.html.get = function(ctx) return set(ctx, api.html { a = 1 } [[{{ a }}]]) end
api.set.redirect.get = function(ctx) return set(ctx, api.redirect("/there")) end
function api.set.json.get(ctx)
  return api.json { a = ctx:query().a }:header(ctx:query().name, ctx:query().value)
end
function api.set.page.get(ctx)
  return api.html { a = ctx:query().a } [[{{ a }}]]:header(ctx:query().name, ctx:query().value)
end

function api.date.get() return api.text("constant"):header("Date", "then"):header("X-Request-Id", "mine") end
function api.once.get(ctx)
  return api.text("a,b"):header("Content-Type", "text/plain"):header("content-type", "text/csv")
    :header("ETag", '"1"'):header("etag", '"2"'):header("X-A", ctx.method):header("x-a", "2")
end
-- What a program writes into a response is looked at, too.
function api.forged.get()
  local response = api.text("x")
  response[5] = { "content-length", "99" }
  return response
end
function api.forged_status.get()
  local response = api.text("x")
  response[1] = 101
  return response
end
function api.raised_status.get(ctx)
  local ok, err = pcall(function() return ctx:body():json() end)
  err.status = 101
  error(err)
end

function api.constant.get() return "GET" end
function api.constant.post() return "POST" end
function api.constant.delete() return api.text("DELETE") end
function api.constant.put() return api.text:status(201, "PUT") end
function api.constant.options() return api.text("OPTIONS") end

local urls = {
  accents = "/café with accents?q=ü#é", quotes = '/a b"<>', encoded = "/a%20b%2Fc?q=%C3%A9&r=100%&s=%4",
  whole = "https://example.org:8080/[x]?a=b&c[]=d;e,f'g!(h)*#i", backslash = "/\\example.org/{a|b}^`",
  latin = "/caf\233",
}
function api.to.p_name.get(ctx) return api.redirect(urls[ctx:params().name]) end
function api.to_header.p_name.get(ctx)
  return api.no_content():header("Location", urls[ctx:params().name])
end
function api.permanent.get() return api.redirect:permanent("/über") end

-- No table's address reaches a client.
local ways = {
  text = function(value) return api.text(value) end,
  error = function(value) return api.error(400, value) end,
  redirect = function(value) return api.redirect(value) end,
  header = function(value) return api.text("x"):header("x-a", value) end,
  name = function(value) return api.text("x"):header(value, "x") end,
  cookie = function(value) return api.text("x"):cookie("a", value) end,
  cookie_name = function(value) return api.text("x"):cookie(value, "a") end,
  cookie_option = function(value) return api.text("x"):cookie("a", "b", { path = value }) end,
  status = function(value) return api.text("x"):status(value) end,
  html = function(value) return api.html { value = value } [[<p>{{ value }}</p>]] end,
}
function api.on_error(_, err) return api.text(tostring(err)) end
function api.table.p_way.get(ctx) return ways[ctx:params().way] {} end
function api.fn.p_way.get(ctx) return ways[ctx:params().way](print) end

return api
