-- A handler may wait wherever Lua runs: each of these goes on as if it had not.
local api = rover.server {}
local wait = function(value)
  rover.sleep(0.001)
  return value
end

function api.plain.p_id.get(ctx)
  local before = ctx:params().id
  rover.sleep(0.001)
  return { before = before, after = ctx:params().id, again = ctx.params().id, query = ctx:query().q }
end

function api.at_once.get()
  rover.sleep(0)
  return "done"
end

function api.body.post(ctx)
  rover.sleep(0.001)
  return { body = ctx:body():json(), header = ctx:headers()["X-Thing"], path = ctx.path, id = ctx.request_id }
end

function api.pcall.get()
  local ok, value = pcall(wait, 1)
  local failed, message = pcall(function() wait() error("after", 0) end)
  return { ok = ok, value = value, failed = failed, message = message }
end

function api.xpcall.get()
  local ok, value = xpcall(function() return wait("in the body") end, function(m) return m end)
  return { ok = ok, value = value }
end

-- LuaJIT runs the handler of an xpcall where nothing can be suspended.
function api.xpcall_handler.get()
  local ok, message = xpcall(function() error("first", 0) end, function() return select(2, pcall(wait)) end)
  return { ok = ok, message = tostring(message):match("rover%.sleep cannot wait here.*") }
end

function api.behind_xpcall.get()
  local _, message = xpcall(function() error("first", 0) end, function(m) return m end)
  return { message = message, waited = wait(message) }
end

-- Neither are metamethods that functions in C call.
function api.format.get()
  local begun = 0
  local sleeps = setmetatable({}, { __tostring = function() return wait "a text" end })
  local ok, message = pcall(string.format, "%s", sleeps)
  local several = setmetatable({}, { __tostring = function()
    return rover.all { function() begun = begun + 1 return "a text" end }[1]
  end })
  local _, all = pcall(function() return ("%s"):format(several) end)
  rover.sleep(0.001)
  return { ok = ok, message = message:match("rover%.sleep.*"), all = all:match("rover%.all cannot wait here: LuaJIT cannot"), begun = begun }
end
function api.formatted.get()
  local sleeps = setmetatable({}, { __tostring = function() return wait "a text" end })
  return ("%s, and %s"):format(tostring(sleeps), tostring(sleeps))
end
function api.printed.get()
  local times = 0
  local sleeps = setmetatable({}, { __tostring = function()
    times = times + 1
    return wait "a text"
  end })
  print(sleeps, sleeps)
  rover.log.info(sleeps)
  return { times = times }
end

function api.coroutine.get()
  local co = coroutine.create(function(a)
    local b = coroutine.yield(wait(a + 1))
    rover.sleep(0.001)
    return b * 2
  end)
  local _, first = coroutine.resume(co, 1)
  local _, second = coroutine.resume(co, 21)
  return { first = first, second = second, status = coroutine.status(co) }
end

function api.nested.get()
  local outer = coroutine.wrap(function()
    local inner = coroutine.wrap(function()
      for i = 1, 3 do coroutine.yield(wait(i)) end
    end)
    for i = 1, 3 do coroutine.yield(wait(inner() * 10)) end
  end)
  return { outer(), outer(), outer() }
end

function api.generator.get()
  local function numbers()
    return coroutine.wrap(function()
      for i = 1, 5 do
        rover.sleep(0.001)
        coroutine.yield(i)
      end
    end)
  end
  local sum = 0
  for i in numbers() do sum = sum + wait(i) end
  return { sum = sum }
end

function api.iterator.get()
  local found = {}
  for key, value in (function(t, k) return next(t, wait(k)) end), { "a", "b" } do found[key] = value end
  return found
end

local Waits = {}
Waits.__index = function(_, key) return wait("index " .. key) end
Waits.__newindex = function(t, key, value) rawset(t, key, wait(value)) end
Waits.__call = function(_, value) return wait(value) end
Waits.__add = function(_, n) return wait(n) end
Waits.__concat = function(_, text) return wait("concat " .. tostring(text)) end
Waits.__eq = function() return wait(true) end
Waits.__lt = function() return wait(true) end
Waits.__le = function() return wait(false) end
Waits.__len = function() return wait(7) end
Waits.__unm = function() return wait(-1) end
Waits.__tostring = function() return wait("text") end

function api.metamethods.get()
  local a, b = setmetatable({}, Waits), setmetatable({}, Waits)
  a.new = "set"
  return {
    index = a.missing, new = rawget(a, "new"), call = a(5), add = a + 3, concat = a .. "x", eq = a == b,
    lt = a < b, le = a <= b, len = #a, unm = -a, text = tostring(a),
  }
end

function api.sort.get()
  local list = { 3, 1, 2 }
  table.sort(list, function(a, b)
    rover.sleep(0.001)
    return a < b
  end)
  return rover.array(list)
end

function api.gsub.get()
  return (("a b c"):gsub("%a", function(c) return wait(c:upper()) end))
end

function rover.html.row(props) return wait(rover.html(props) [[<i>{{ n }}</i>]]) end
function api.template.get()
  local data = { rows = { { n = 1 }, { n = 2 } } }
  return api.html(data) [[<p>{{ for _, r in ipairs(rows) do }}{{ row(r) }}{{ end }}</p>]]
end

function api.list.get()
  local rows = {}
  for i = 1, 3 do
    rover.sleep(0.001)
    rows[#rows + 1] = { n = i, inner = { wait(i) } }
  end
  return rows
end

local User = { name = rover.guard:string():required(), tags = rover.guard:array(rover.guard:string()) }
function api.checked.post(ctx)
  local user = ctx:body():expect(User)
  rover.sleep(0.001)
  local tags = {}
  for _, tag in ipairs(user.tags or {}) do
    rover.sleep(0.001)
    tags[#tags + 1] = tag .. "!"
  end
  return api.json { name = user.name, tags = tags }
end

function api.thrown.get()
  rover.sleep(0.001)
  error(api.error(418, "thrown after a wait"))
end

function api.fails.get()
  rover.sleep(0.001)
  error("it failed after a wait")
end

function api.status.get()
  rover.sleep(0.001)
  return api.json({ made = true }):status(201):header("x-made", "yes")
end

function api.nothing.get()
  rover.sleep(0.001)
end

function api.yields.get()
  rover.sleep(0.001)
  local ok, message = pcall(coroutine.yield, 1)
  return { ok = ok, message = message, can = coroutine.isyieldable() }
end

function api.all.get()
  local one, two = unpack(rover.all {
    function() return wait("one") end,
    function() return wait("two") end,
  })
  local squares = rover.all({ 1, 2, 3, 4, 5 }, function(n)
    rover.sleep(0.001 * (6 - n))
    return n * n
  end, { limit = 2 })
  return { one = one, two = two, squares = rover.array(squares), none = #rover.all {} }
end

function api.all_fails.get()
  local reached = false
  local ok, problem = pcall(rover.all, {
    function()
      local _, cancelled = pcall(rover.sleep, 60)
      reached = cancelled.kind
      rover.sleep(60)
    end,
    function()
      rover.sleep(0.001)
      error { kind = "mine" }
    end,
  })
  return { ok = ok, kind = problem.kind, reached = reached }
end

function api.race.get()
  local cancelled
  local winner = rover.race {
    function()
      local _, problem = pcall(rover.sleep, 60)
      cancelled = problem.kind
    end,
    function()
      rover.sleep(0.001)
      return "first"
    end,
  }
  return { winner = winner, cancelled = cancelled }
end

function api.context.p_id.get(ctx)
  return rover.all({ 1, 2 }, function(n)
    rover.sleep(0.001)
    return ctx:params().id .. n
  end)
end

function api.try.get()
  local value, none = rover.try(function() return wait("value") end)
  local nothing, problem = rover.try(function() error({ kind = "k" }) end)
  return { value = value, none = none == nil, nothing = nothing == nil, kind = problem.kind }
end

function api.try_thrown.get()
  rover.try(function() error(api.error(402, "thrown through try")) end)
  return "not reached"
end

function api.not_a_number.get()
  local answers = {}
  for _, bad in ipairs { -1, 0 / 0, "x" } do
    answers[#answers + 1] = tostring(select(2, pcall(rover.sleep, bad))):gsub("^.-:%d+: ", "")
  end
  return rover.array(answers)
end

api.not_found = function(ctx)
  rover.sleep(0.001)
  return api.json { missing = ctx.path }
end

return api
