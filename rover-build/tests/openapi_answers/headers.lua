-- Headers that hooks give to answers, and the session's cookie.
local api = rover.server { sessions = { secret = rover.env.SESSION_SECRET, name = "sid" } }

local function mark(response, name) response:header(name, "yes") end

function api.marked.after(ctx, response)
  local answer = response
  mark(answer, "X-Marked")
  response:header("x-always", "1"):cookie("seen", "1")
  if ctx:query().more then response:header("x-sometimes", "2") end
  if ctx:query().stop then return end
  response:header("x-behind", "3")
end
function api.marked.get() return "marked" end
function api.marked.p_id.post(ctx)
  if ctx:params().id == "0" then return api.error(404, "none") end
  return { title = ctx:body():expect({ title = rover.guard:string():required() }).title }
end

-- Another answer has none of what was given to the first.
function api.replaced.after(ctx, response)
  response:header("x-a", "1")
  if ctx:query().other then return api.error(410, "gone") end
end
function api.replaced.get() return "replaced" end

-- It has another content type.
function api.typed.after(ctx, response) response:header("content-type", "application/x-own") end
function api.typed.get() return { a = 1 } end

-- Who is counted is told so in every answer that comes behind the limit.
function api.limited.before.first(ctx)
  if ctx:headers()["x-no"] then return api.error(403, "no") end
end
api.limited.before.limit = rover.rate_limit { rate = "10/s" }
function api.limited.before.second(ctx)
  if ctx:headers()["x-not"] then return api.error(409, "not") end
end
function api.limited.get() return "limited" end

api.counted.before = rover.rate_limit { rate = "10/s", by = function(ctx) return ctx:headers()["x-key"] end }
api.counted.orders.before = rover.idempotent()
function api.counted.orders.post(ctx)
  return api.json:status(201, { sent = ctx:body():text() }):cookie("ordered", "yes")
end

-- The session's cookie says who the client is.
function api.account.before(ctx)
  if not ctx:session().user then return api.error(401, "Log in") end
end
function api.account.get(ctx) return { user = ctx:session().user } end
function api.visits.get(ctx)
  local session = ctx:session()
  session.visits = (session.visits or 0) + 1
  return { visits = session.visits }
end
function api.form.get(ctx) return api.text(ctx:csrf()) end

return api
