-- What hooks answer is an answer of every route below them.
local api = rover.server {}

local function token(ctx)
  return (ctx:headers().authorization or ""):match("^Bearer (.+)$")
end

function api.admin.before.user(ctx)
  local name = token(ctx)
  if not name then error(api.error(401, "Log in first")) end
  ctx.user = { name = name }
end
function api.admin.before.role(ctx)
  if ctx:query().role ~= "admin" then return api.error(403, "Not for you") end
end
function api.admin.get(ctx) return { name = ctx.user.name } end
function api.admin.items.p_id.delete(ctx) return api.no_content() end

-- It may be absent: the route never says that a client must show who it is.
function api.open.before(ctx) ctx.user = token(ctx) end
function api.open.get(ctx) return "for all" end

-- Who sends one that is wrong is answered 401; who sends none is let in, but for what needs a user.
function api.maybe.before(ctx)
  local given = ctx:headers().authorization
  if not given then return end
  if given ~= "Bearer secret" then return api.error(401, "Log in") end
  ctx.user = { name = "Ann" }
end
function api.maybe.get() return "for all" end
function api.maybe.mine.get(ctx)
  if not ctx.user then return api.error(401, "Log in") end
  return "mine"
end
-- Of a password, not of a token.
function api.maybe.login.post(ctx)
  if ctx:body():form().password ~= "secret" then return api.error(401, "No such password") end
  return "in"
end
function api.wrapped.before(ctx)
  local given = ctx:headers().authorization
  if given then
    if given ~= "Bearer secret" then return api.error(401, "Log in") end
  end
end
function api.wrapped.get() return "for all" end
function api.strict.before(ctx)
  local given = ctx:headers().authorization
  if given then ctx.user = { name = given:match("^Bearer (.+)$") } end
  if not ctx.user then return api.error(401, "Log in") end
end
function api.strict.get() return "for some" end

-- Of the program's own kind, and of names and passwords.
function api.own.before(ctx)
  if ctx:headers().Authorization ~= "secret" then return api.error(401, "Log in") end
end
function api.own.get(ctx) return "own" end
function api.basic.before(ctx)
  if not (ctx:headers().authorization or ""):find("^Basic ") then
    return api.error(401, "Log in"):header("www-authenticate", "Basic")
  end
end
function api.basic.get(ctx) return "basic" end

-- After the handler: the answer that is given adds nothing, others do.
function api.after.late(ctx, response)
  if ctx:query().late then return api.json.status(202, { late = true }) end
  return response
end
function api.changed.after(ctx, response) response:header("x-a", "b"):status(418) end
function api.changed.get(ctx) return "changed" end

return api
