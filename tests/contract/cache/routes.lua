local api = rover.server { port = 0 }
local values = rover.cache("values", { stale = "1h" })
local strict = rover.cache("strict", { max_bytes = "2KiB" })
local counts = rover.shared "counts"

local function fresh()
  values:clear()
  strict:clear()
  counts:clear()
end

local function problem(f, ...)
  local _, e = rover.try(f, ...)
  if type(e) == "table" and e.kind then return { kind = e.kind, message = e.message } end
  return (tostring(e):gsub("^routes.lua:%d+: ", ""))
end

-- Makes a value, and counts how often.
local function making(value)
  return function(key)
    counts:incr(key)
    rover.sleep(0)
    return value
  end
end

function api.once.get()
  fresh()
  local function ask() return strict:fetch("k", 60, making { list = { 1 }, none = rover.array {} }) end
  local all = rover.all { ask, ask, ask, ask }
  all[2].list[1] = "changed"
  return { all = all, again = ask(), made = counts:get "k" }
end

function api.values.get()
  fresh()
  local function twice(key, value)
    strict:fetch(key, "1m", making(value))
    return strict:fetch(key, "1m", making "another")
  end
  return {
    text = twice("text", "a\0b") == "a\0b",
    number = twice("number", 0.1),
    no = twice("no", false),
    null = twice("null", rover.null) == rover.null,
    nothing = twice("nothing", nil) == nil,
    made = counts:get "nothing",
    key = strict:fetch(7, 60, function(key) return type(key) .. key end),
    same = strict:fetch("7", 60, making "another"),
  }
end

-- Who makes it raises its error, and those who wait get the same; nothing is kept.
function api.errors.get()
  fresh()
  local function failing(raised)
    return function(key)
      counts:incr(key)
      rover.sleep(0)
      error(raised, 0)
    end
  end
  local function all(key, raised)
    local function ask() return strict:fetch(key, 60, failing(raised)) end
    local results = rover.all { function() return problem(ask) end, function() return problem(ask) end, function() return problem(ask) end }
    return { results = results, made = counts:get(key) }
  end
  local waited = rover.all {
    function() return problem(strict.fetch, strict, "w", 60, function() rover.sleep(0) rover.race { function() rover.fs.read "nowhere/x" end } end) end,
    function() return problem(strict.fetch, strict, "w", 60, function() return "another" end) end,
  }
  return {
    text = all("text", "no"),
    fields = all("fields", { kind = "mine", message = "m" }),
    waited = waited[1].kind == waited[2].kind and waited[1].message == waited[2].message,
    after = strict:fetch("text", 60, making "there"),
  }
end

-- An answer cannot be given to others: each makes the value anew.
function api.answers.get()
  fresh()
  local function ask()
    local ok, e = pcall(strict.fetch, strict, "k", 60, function(key)
      counts:incr(key)
      rover.sleep(0)
      error(api.error(404, "none"))
    end)
    return not ok and getmetatable(e)
  end
  return { results = rover.all { ask, ask, ask }, made = counts:get "k" }
end

function api.thrown.get() return strict:fetch("thrown", 60, function() error(api.error(418, "a teapot")) end) end

-- Who is cancelled leaves the value to those who wait.
function api.cancelled.get()
  fresh()
  local results = {}
  rover.race {
    function()
      rover.spawn(function()
        results[1] = strict:fetch("k", 60, function() return "of the second" end)
      end)
      strict:fetch("k", 60, function() rover.sleep(60) return "of the first" end)
    end,
    function() rover.sleep(0) rover.sleep(0) return true end,
  }
  while not results[1] do rover.sleep(0) end
  return results
end

function api.stale.get()
  fresh()
  values:fetch("k", 0.001, function() return "old" end)
  -- Until its time has passed, it is not made anew.
  local seen = {}
  local first
  repeat
    first = values:fetch("k", 60, function()
      rover.sleep(0)
      -- Others get the old one meanwhile.
      seen[1] = rover.all { function() return values:fetch("k", 60, function() return "another" end) end }[1]
      return "new"
    end)
    rover.sleep(0)
  until first == "new"
  return { seen = seen[1], now = values:fetch("k", 60, function() return "another" end) }
end

function api.deleted.get()
  fresh()
  strict:fetch("k", 60, making(1))
  return { was = strict:delete "k", again = strict:delete "k", new = strict:fetch("k", 60, making(2)) }
end

-- What is larger than the cache is given, and not kept.
function api.large.get()
  fresh()
  local text = ("x"):rep(5000)
  local first = strict:fetch("k", 60, making(text))
  local second = strict:fetch("k", 60, making(text))
  return { same = first == second, made = counts:get "k" }
end

-- For `tests/tests/shared.rs`: what several workers do.
local worker = tostring(math.random())

function api.many.p_key.get(ctx)
  local key = ctx:params().key
  local value = strict:fetch(key, "1h", function()
    counts:incr(key)
    rover.sleep(0.05)
    return { by = worker }
  end)
  return { worker = worker, by = value.by, made = counts:get(key) }
end

function api.wrong.get()
  local function wrong(method, ...) return problem(strict[method], strict, ...) end
  fresh()
  return {
    key = wrong("fetch", {}, 60, print),
    ttl = wrong("fetch", "k", "soon", print),
    no_ttl = wrong("fetch", "k", print),
    fn = wrong("fetch", "k", 60, "x"),
    value = wrong("fetch", "k", 60, function() return print end),
    after = strict:fetch("k", 60, function() return "made" end),
    own = wrong("fetch", "own", 60, function(key) return strict:fetch(key, 60, tostring) end),
    other = strict:fetch("outer", 60, function() return strict:fetch("inner", 60, function() return "inner" end) end),
    colon = problem(strict.fetch, "k"),
    member = problem(function() return strict.get end),
    change = problem(function() strict.x = 1 end),
    late = problem(rover.cache, "late"),
  }
end

return api
