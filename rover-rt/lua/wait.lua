-- Words that wait. A native parks an operation and suspends the coroutine that runs; whoever polls the operation
-- resumes it with `true` and what it gave, or `false` and what its error is made of. Where nothing can
-- wait the native gives nil, and why.
local R = ...
local native, raise = R.native, R.raise
local sleep, join, fork, stop, spawn = native.sleep, native.join, native.fork, native.stop, native.spawn

local error, pcall, type, next, setmetatable = error, pcall, type, next, setmetatable
local getmetatable, rawget, tostring, format = getmetatable, rawget, tostring, string.format

-- Errors of what is waited for: `kind`, `message`, `code`, `retryable`.
local WaitError = { __metatable = "rover.wait_error" }
function WaitError.__tostring(e) return tostring(rawget(e, "message")) end
local function side(value)
  return getmetatable(value) == "rover.wait_error" and tostring(value) or value
end
function WaitError.__concat(a, b) return side(a) .. side(b) end
R.WaitError = WaitError

local function throw(word, kind, message, code, retryable, about)
  if message == nil then raise(word .. " cannot wait here: " .. kind) end
  local problem = { kind = kind, message = message, code = code, retryable = retryable }
  if about then
    for name, value in next, about do problem[name] = value end
  end
  if kind == "pool" then
    -- Uncaught, it is the answer of a server that has no room.
    problem.status = 503
    error(setmetatable(problem, R.http.Error), 0)
  end
  error(setmetatable(problem, WaitError), 0)
end

-- What a wait gives to the program.
local function settled(word, ok, ...)
  if ok then return ... end
  throw(word, ...)
end
R.settled = settled

local function shown(value) return value == nil and "no value" or type(value) end

local function check(word, position, value, kind)
  if type(value) ~= kind then
    raise(format("bad argument #%d to '%s' (%s expected, got %s)", position, word, kind, shown(value)))
  end
end

local words = {}
R.wait_words = words

function words.sleep(seconds)
  check("sleep", 1, seconds, "number")
  if not (seconds >= 0) then
    raise("bad argument #1 to 'sleep' (a number of seconds that is not negative expected)")
  end
  return settled("rover.sleep", sleep(seconds))
end

-- An answer that was thrown is no error.
local function tried(ok, ...)
  if ok then return ... end
  if getmetatable((...)) == "rover.response" then error((...), 0) end
  return nil, (...)
end
function words.try(f, ...) return tried(pcall(f, ...)) end

-- Runs functions beside each other, at most so many at a time. `each(i)` gives the function and its argument; `done(i,
-- ok, value)` says whether to go on with the others.
local function together(word, count, limit, each, done)
  local numbers, running, next_one, stopped = {}, 0, 1, false
  local function run(i, f, value)
    local ok, result = pcall(f, value)
    numbers[i] = nil
    running = running - 1
    if not stopped and not done(i, ok, result) then stopped = true end
  end
  while true do
    while not stopped and next_one <= count and running < limit do
      local i = next_one
      next_one = i + 1
      running = running + 1
      local f, value = each(i)
      numbers[i] = settled(word, fork(run, i, f, value))
    end
    if running == 0 then return end
    settled(word, join())
    if stopped then
      for _, number in next, numbers do stop(number) end
      numbers = {}
    end
  end
end

local function functions(word, list)
  check(word, 1, list, "table")
  for i = 1, #list do
    local f = list[i]
    local meta = type(f) ~= "function" and R.metatable_of(f)
    if type(f) ~= "function" and not (type(meta) == "table" and rawget(meta, "__call")) then
      raise(format("bad argument #1 to '%s' (element %d is a %s, not a function)", word, i, shown(f)))
    end
  end
end

function words.all(list, fn, options)
  local each
  if fn == nil then
    functions("all", list)
    each = function(i) return list[i] end
  else
    check("all", 1, list, "table")
    check("all", 2, fn, "function")
    each = function(i) return fn, list[i] end
  end
  local count, limit = #list, nil
  if options ~= nil then
    check("all", 3, options, "table")
    limit = options.limit
    if limit ~= nil and (type(limit) ~= "number" or not (limit >= 1)) then
      raise("bad option 'limit' to 'all' (a number of at least 1 expected)")
    end
  end
  local results, failed, problem = {}, false, nil
  together("rover.all", count, limit or count, each, function(i, ok, value)
    if ok then
      results[i] = value
    else
      failed, problem = true, value
    end
    return ok
  end)
  if failed then error(problem, 0) end
  return results
end

function words.race(list)
  functions("race", list)
  local count = #list
  if count == 0 then raise("bad argument #1 to 'race' (a list of at least one function expected)") end
  local won, result
  together("rover.race", count, count, function(i) return list[i] end, function(_, ok, value)
    won, result = ok, value
    return false
  end)
  if not won then error(result, 0) end
  return result
end

function words.spawn(f, ...)
  check("spawn", 1, f, "function")
  if not R.is_loaded then
    raise("rover.spawn is for handlers: what is to happen at the start goes into rover.on_start(function)")
  end
  if not spawn(f, ...) then
    throw("rover.spawn", "busy", "as many functions run in the background as `max_background` allows", nil, true)
  end
end

-- What is to run beside requests, in the order in which the program says it.
local scheduled = {}
R.scheduled = scheduled
local function schedule(word, f, entry, position)
  check(word, position, f, "function")
  if R.is_loaded then
    raise((entry.said or "rover." .. word) .. " is said while the program loads: at the top level of a file")
  end
  entry.run = f
  scheduled[#scheduled + 1] = entry
end
R.schedule = schedule
function words.every(seconds, f)
  check("every", 1, seconds, "number")
  if not (seconds > 0) then raise("bad argument #1 to 'every' (a number of seconds above 0 expected)") end
  schedule("every", f, { kind = "every", seconds = seconds }, 2)
end
function words.cron(spec, f)
  check("cron", 1, spec, "string")
  schedule("cron", f, { kind = "cron", spec = spec }, 2)
end
function words.on_start(f) schedule("on_start", f, { kind = "on_start" }, 1) end
function words.on_stop(f) schedule("on_stop", f, { kind = "on_stop" }, 1) end
