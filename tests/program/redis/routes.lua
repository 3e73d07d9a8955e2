-- A program that asks a server of Redis what a test tells it to: what it is given comes from the environment.
local redis = rover.redis(os.getenv "ROVER_TEST_REDIS", {
  timeout = os.getenv "ROVER_TEST_TIMEOUT" or "5s",
  tls = { ca = os.getenv "ROVER_TEST_CA", verify = os.getenv "ROVER_TEST_VERIFY" ~= "no" },
})
local api = rover.server { port = 0 }

local function outcome(ok, value)
  if ok then return { ok = value } end
  if type(value) ~= "table" then return { failed = { raised = tostring(value) } } end
  return { failed = { kind = value.kind, message = value.message, code = value.code, retryable = value.retryable } }
end

local function ask(on, asked)
  local arguments = asked.arguments
  return on[asked.method](on, unpack(arguments, 1, #arguments))
end

-- { method, arguments }
function api.ask.post(ctx)
  return outcome(pcall(ask, redis, ctx:body():json()))
end

-- { steps, atomic }: several of them at once.
function api.pipeline.post(ctx)
  local asked = ctx:body():json()
  return outcome(pcall(redis.pipeline, redis, function(p)
    for _, step in ipairs(asked.steps) do assert(ask(p, step) == nil) end
  end, { atomic = asked.atomic }))
end

function api.raw.get()
  redis:set("bytes", "\0\255\r\n$-1\r\n")
  redis:set("number", 2 ^ 53 - 1)
  redis:set("fraction", 0.1)
  redis:hset("hash", { ["\0"] = "\255" })
  return {
    kept = redis:get "bytes" == "\0\255\r\n$-1\r\n",
    number = redis:get "number",
    fraction = redis:get "fraction",
    hash = redis:hgetall "hash"["\0"] == "\255",
    null = redis:call("MGET", "nothing")[1] == rover.null,
    list = rover.json.encode(redis:lrange("nothing", 0, -1)),
  }
end

function api.misused.get()
  local kept
  redis:pipeline(function(p) kept = p end)
  local function told(fn, ...)
    local _, e = pcall(fn, ...)
    return tostring(e)
  end
  return {
    table = told(redis.set, redis, "k", {}),
    boolean = told(redis.set, redis, "k", true),
    missing = told(redis.get, redis),
    dot = told(redis.get, "k"),
    option = told(redis.set, redis, "k", "v", { tll = 1 }),
    ttl = told(redis.set, redis, "k", "v", { ttl = "soon" }),
    later = told(kept.get, kept, "k"),
    unknown = told(function() return redis.gett end),
    blocking = told(redis.call, redis, "BLPOP", "k", 0),
    multi = told(redis.call, redis, "multi"),
    nan = told(redis.set, redis, "k", 0 / 0),
    late = told(redis.subscribe, redis, "k", print),
  }
end

-- Counts up, as many times as it is told to, beside each other.
function api.many.p_count.get(ctx)
  local list = {}
  for i = 1, tonumber(ctx:params().count) do list[i] = i end
  local seen = rover.all(list, function() return redis:incr "many" end)
  local sum = 0
  for i = 1, #seen do sum = sum + seen[i] end
  return { sum = sum }
end

function api.large.get()
  local text = ("x"):rep(1024 * 1024)
  redis:del "large"
  for _ = 1, 4 do redis:rpush("large", text) end
  local got = redis:lrange("large", 0, -1)
  return { count = #got, same = got[4] == text }
end

-- What was heard, where a test wants to know.
local heard = rover.shared "heard"
local function hear(text, channel)
  if text == "fail" then error "on purpose" end
  if text == "slow" then rover.sleep(0.05) end
  heard:update("all", function(list)
    list = list or rover.array {}
    list[#list + 1] = channel .. ": " .. text
    return list
  end)
  if text == "ask" then redis:set("asked", channel) end
end
if os.getenv "ROVER_TEST_LISTEN" then
  redis:subscribe("news", hear)
  redis:subscribe("of.*", hear, { pattern = true })
end
function api.heard.get() return heard:get "all" or rover.array {} end

function api.alive.get() return { alive = true } end

return api
