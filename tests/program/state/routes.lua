-- A program whose state is where ROVER_STATE says, for tests of several processes of it.
local who = rover.env.WHO or "nobody"
local api = rover.server {
  port = 0,
  state = { name = "tests", timeout = "500ms", tls = { ca = rover.env.STATE_CA } },
  sessions = { secret = ("secret "):rep(8), store = "shared", ttl = "1h" },
}
local values, runs = rover.shared "values", rover.shared "runs"
local cache = rover.cache "cache"

-- Needs no state.
function api.alive.get() return { who = who } end

local function key(ctx) return ctx:params().key end

function api.values.p_key.get(ctx) return { value = values:get(key(ctx)) or rover.null } end
function api.tried.p_key.get(ctx)
  local value, e = rover.try(values.get, values, key(ctx))
  return { value = value, kind = e and e.kind, message = e and e.message, retryable = e and e.retryable }
end
function api.count.p_key.post(ctx) return { sum = values:incr(key(ctx)) } end
function api.add.p_key.post(ctx) return { added = values:add(key(ctx), who) } end
function api.list.p_key.post(ctx)
  values:update(key(ctx), function(list)
    list = list or {}
    list[#list + 1] = who
    return list
  end)
end
function api.list.p_key.get(ctx) return { count = #(values:get(key(ctx)) or {}) } end
function api.ends.p_key.post(ctx)
  values:set(key(ctx), who, { ttl = ctx:query().ttl })
  return { keys = values:keys(), size = values:size() }
end

function api.cached.p_key.get(ctx)
  local name, seconds = key(ctx), tonumber(ctx:query().seconds) or 0
  return {
    by = cache:fetch(name, 60, function()
      values:incr("made " .. name)
      rover.sleep(seconds)
      return who
    end),
  }
end

function api.session.get(ctx) return { name = ctx:session().name or rover.null } end
function api.session.post(ctx)
  ctx:session():regenerate()
  ctx:session().name = ctx:query().name
  return { by = who }
end
function api.session.delete(ctx) ctx:session():destroy() end

local function client(ctx) return ctx:query().client end
api.limited.before = rover.rate_limit { rate = "6/day", name = "limited", by = client }
function api.limited.get() return { who = who } end
api.login.before = rover.rate_limit { rate = "6/day", name = "login", by = client, on_error = "refuse" }
function api.login.get() return { who = who } end
api.addresses.before = rover.rate_limit { rate = "1/day" }
function api.addresses.get() return { who = who } end

api.pay.before = rover.idempotent { ttl = "1h" }
function api.pay.post(ctx)
  local paid = values:incr "paid"
  rover.sleep(tonumber(ctx:query().seconds) or 0)
  return { paid = paid, by = who }
end

-- What runs now is known for less time than a lease has.
rover.every(0.1, function()
  if runs:get "now" then runs:incr "at the same time" end
  runs:set("now", who, { ttl = 8 })
  runs:incr(who)
  rover.sleep(0.12)
  runs:delete "now"
end)
rover.cron("* * * * *", function() runs:incr("minute " .. os.date "!%H:%M") end)
function api.runs.get()
  local all = {}
  for _, name in ipairs(runs:keys()) do all[name] = runs:get(name) end
  return all
end

return api
