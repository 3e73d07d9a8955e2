local api = rover.server {
  trusted_proxies = { "loopback" },
  sessions = { secret = "the first secret of these sessions", ttl = "1h" },
}

function api.visits.get(ctx)
  local session = ctx:session()
  session.visits = (session.visits or 0) + 1
  return { visits = session.visits }
end

function api.data.get(ctx)
  return { data = ctx:session(), plain = ctx.session() == ctx:session() }
end

function api.keep.p_key.post(ctx)
  ctx:session()[ctx:params().key] = ctx:body():json()
  return { kept = true }
end

function api.login.post(ctx)
  local session = ctx:session()
  session:regenerate()
  session.user = ctx:query().user
  return { user = session.user }
end

function api.logout.post(ctx)
  local session = ctx:session()
  session:destroy()
  return { data = session }
end

-- A message for the next page, of a client that is no longer known.
function api.goodbye.post(ctx)
  local session = ctx:session()
  session:destroy()
  session.message = "See you"
  return api.redirect "/data"
end

function api.failing.get(ctx)
  ctx:session().failed = true
  error("on purpose")
end

function api.thrown.get(ctx)
  ctx:session().thrown = true
  error(api.error(409, "thrown"))
end

local function helper(ctx) ctx:session().helped = true end
function api.helped.get(ctx)
  helper(ctx)
  return "helped"
end

function api.large.get(ctx)
  ctx:session().text = ("x"):rep(tonumber(ctx:query().bytes))
  return "kept"
end

function api.wrong.key.get(ctx) ctx:session()[5] = true end
function api.wrong.method.get(ctx) ctx:session().destroy = true end
function api.wrong.value.get(ctx) ctx:session().user = { print } end
function api.wrong.cycle.get(ctx)
  local session = ctx:session()
  session.own = session
end

function api.headers.get(ctx)
  ctx:session().seen = true
  return api.text("own"):header("cache-control", "private, max-age=5"):cookie("other", "1")
end

function api.waiting.get(ctx)
  ctx:session().before = true
  rover.sleep(0)
  ctx:session().after = true
  return "waited"
end

function api.before.area(ctx)
  if ctx:headers()["x-area"] then ctx:session().area = ctx:headers()["x-area"] end
end

function api.plain.get() return "plain" end

return api
