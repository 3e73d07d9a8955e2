-- wrk -s load.lua <address> -- <work> <body>: the requests of one work, and a line to read
-- by a program: requests, microseconds, errors, then latencies in microseconds.
local function get(path, headers)
  return function() return wrk.format("GET", path, headers) end
end

local function post(path)
  return function(body)
    return wrk.format("POST", path, { ["content-type"] = "application/json" }, body)
  end
end

local works = {
  echo = get("/echo"),
  params = get("/users/42/posts/2026-11?limit=20", { ["x-trace"] = "a1b2c3d4" }),
  rows = get("/rows?count=50"),
  post = post("/items"),
  order = post("/orders"),
  page = get("/page"),
  parsed = get("/parsed"),
  pipeline = function() return wrk.format("GET", "/echo"):rep(16) end,
}

local text

function init(arguments)
  text = works[arguments[1]](arguments[2])
end

function request()
  return text
end

function done(summary, latency)
  local e = summary.errors
  print(("result %d %d %d %d %d %d"):format(
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
