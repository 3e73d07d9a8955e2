-- Hooks run before and after the handlers at their path and below, outer ones first before, inner ones first after.
local api = rover.server {}

local function trace(ctx, name)
  ctx.trace = (ctx.trace or "") .. name .. " "
end

-- Of the whole server, by one name: what it returns, if not nil, is the answer.
function api.before(ctx)
  if ctx:headers()["x-stop"] == "outer" then return api.text.status(418, "outer") end
  trace(ctx, "outer")
end

function api.after(ctx, response)
  response:header("x-outer", "after"):header("x-trace", ctx.trace or "none")
end

function api.plain.get(ctx) return { trace = ctx.trace, user = ctx.user } end
function api.constant.get() return "always the same" end

-- Below a path, with names, in order of definition.
function api.admin.before.user(ctx)
  local token = ctx:headers().authorization
  if not token then return api.error(401, "Log in first") end
  ctx.user = { name = token:match("^Bearer (%w+)$") or "nobody", id = 7 }
  trace(ctx, "user")
end
function api.admin.before.role(ctx)
  if ctx.user.name == "guest" then return { forbidden = ctx.user.name } end
  if ctx.user.name == "thrown" then error(api.error(403, "Thrown")) end
  trace(ctx, "role")
end
function api.admin.after(ctx, response)
  if response:status() == 401 then response:header("www-authenticate", "Bearer") end
  response:header("x-inner", response:header("x-outer") or "first"):cookie("seen", "1")
end

function api.admin.get(ctx) return { trace = ctx.trace, user = ctx.user.name, id = ctx.user.id } end
function api.admin.items.p_id.get(ctx)
  return api.json.status(201, { id = ctx:params().id, user = ctx.user.name })
end
function api.admin.items.p_id.delete(ctx) return nil end
function api.admin.items.post(ctx)
  local item = ctx:body():expect(rover.guard:object { name = rover.guard:string():required() })
  return { name = item.name, by = ctx.user.name }
end

-- Lists, of functions that stand in locals.
local function first(ctx) trace(ctx, "first") end
local function second(ctx)
  trace(ctx, "second")
  if ctx:query().stop then return ctx.trace end
end
local function sign(ctx, response) response:header("x-signed", response:header("content-type") or "nothing") end
api.list.before = { first, second, function(ctx) trace(ctx, "third") end }
api.list.after = { sign, function(ctx, response)
  if response:header("x-signed") == "application/json" then return end
  return api.json { instead_of = response:status() }
end }
function api.list.get(ctx) return { trace = ctx.trace } end
function api.list.text.get(ctx) return "a text" end

-- Of a parameter.
function api.users.p_id.before(ctx)
  ctx.id = tonumber(ctx:params().id)
  if not ctx.id then return api.error(404, "No such user") end
end
function api.users.p_id.get(ctx) return { id = ctx.id } end
function api.users.p_id.posts.get(ctx) return { posts_of = ctx.id } end
function api.users.new.get(ctx) return { id = ctx.id, new = true } end

-- `before` and `after` are segments, too, with methods behind them.
function api.before.get() return "the path /before" end
function api.before.deep.get() return "the path /before/deep" end
function api.after.post() return "the path /after" end

-- A path that is assigned whole has its hooks in it.
api.whole = {
  before = function(ctx) ctx.whole = "whole" end,
  get = function(ctx) return { whole = ctx.whole } end,
  part = { get = function(ctx) return { part = ctx.whole } end, after = { text = function(_, response) response:status(202) end } },
}

-- Both halves of one value.
api.both.before = { {
  before = function(ctx) ctx.begun = "begun" end,
  after = function(ctx, response) response:header("x-begun", ctx.begun):header("x-order", "half") end,
} }
function api.both.after(ctx, response) response:header("x-order", "own") end
function api.both.get() return "both" end

-- Answers of all kinds pass through.
function api.kinds.html.get() return api.html "<p>hello</p>" end
function api.kinds.bytes.get() return api.bytes("\0\1", "application/x-two") end
function api.kinds.redirect.get() return api.redirect "/plain" end
function api.kinds.empty.get() return api.no_content() end
function api.kinds.headers.get()
  return api.text "x":header("x-one", "1"):header("x-one", "2"):header("connection", "close")
end
function api.kinds.after(ctx, response)
  if ctx.path == "/kinds/html" then response:header("content-type", "text/html; charset=ascii") end
  if ctx.path == "/kinds/bytes" then response:status(206) end
  if ctx.path == "/kinds/redirect" then return response end
end

return api
