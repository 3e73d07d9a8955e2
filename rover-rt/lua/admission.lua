-- Hooks that let requests in: `rover.rate_limit` and `rover.idempotent`. They are known by their numbers.
local R = ...
local native, raise, number_text, shown = R.native, R.raise, R.number_text, R.shown
local lets_in, begins, http_error, answered = native.limit_lets_in, native.key_begins, R.http.error, R.written.done
local settled, remote = R.settled, native.state_is_elsewhere and native.state_is_elsewhere()
local type, pairs, setmetatable, sub, getinfo = type, pairs, setmetatable, string.sub, debug.getinfo

local Hook = { __metatable = "rover.hook" }

-- By the line where hooks are made: how many.
local made = {}

-- Where the program makes a hook, the same in every VM.
local function place()
  local level = 2
  local info = getinfo(level, "Sl")
  while info and info.source == "=rover" do
    level = level + 1
    info = getinfo(level, "Sl")
  end
  local line = info and info.source .. ":" .. info.currentline or ""
  made[line] = (made[line] or 0) + 1
  return line .. "#" .. made[line]
end

local function open(word, options)
  if R.is_loaded then
    raise("rover." .. word .. " stands at the top level of a file: api.before = rover." .. word .. " { ... }")
  end
  if type(options) ~= "table" then
    raise("rover." .. word .. " takes a table of options, got " .. (options == nil and "nothing" or "a " .. type(options)))
  end
  local by, others = options.by, {}
  if by ~= nil and type(by) ~= "function" then raise("rover." .. word .. ": `by` must be a function, got " .. shown(by)) end
  for name, value in pairs(options) do
    if name ~= "by" then others[name] = value end
  end
  local number, wrong = native.admission_open(word, others, place())
  if not number then raise("rover." .. word .. ": " .. wrong) end
  return number, by
end

-- What `by` gives, as a text.
local function name_of(word, value)
  if type(value) == "string" then return value end
  if type(value) == "number" then return number_text(value) end
  raise("`by` of rover." .. word .. " must give a text, a number or nil, got " .. shown(value))
end

-- What becomes of a question to the server that was not answered: who is cancelled ends, and where nothing can wait, that
-- is the program's mistake.
local function unanswered(word, ok, kind, ...)
  if ok == nil or kind == "cancelled" then settled("rover." .. word, ok, kind, ...) end
end

if remote then
  local ask, stands, is_open = native.remote_limit_ask, native.remote_limit_stands, native.remote_limit_is_open
  function lets_in(number, name)
    local ok, is_in, ahead, code, retryable, about = ask(number, name)
    if ok then
      stands(number, is_in, ahead)
      return is_in
    end
    unanswered("rate_limit", ok, is_in, ahead, code, retryable, about)
    if not is_open(number) then http_error(503, "Service Unavailable") end
    return true
  end

  local begin, begun = native.remote_key_begins, native.remote_key_begun
  function begins(number, name)
    local ok, kind, message, code, retryable, about = begin(number, name)
    if type(ok) == "number" then return ok end
    if ok then return begun() end
    unanswered("idempotent", ok, kind, message, code, retryable, about)
    http_error(503, "Service Unavailable")
  end
end

function R.rate_limit(options)
  local number, by = open("rate_limit", options)
  local hook = { by = by, gate = by == nil and number or nil }
  if by then
    function hook.before(ctx)
      local name = by(ctx)
      if name == nil then return nil end
      if not lets_in(number, name_of("rate_limit", name)) then http_error(429, R.too_many) end
    end
  else
    function hook.before()
      if not lets_in(number) then http_error(429, R.too_many) end
    end
  end
  return setmetatable(hook, Hook)
end

-- What becomes of a request, by the number that `key_begins` gives.
local RUNS, ANSWERED = 0, 1
local refused = {
  [2] = { 409, "The request with this Idempotency-Key is still running" },
  [3] = { 422, "This Idempotency-Key was used for another request" },
  [4] = { 409, "The request with this Idempotency-Key has run, and its answer was too large to be kept" },
  [5] = { 400, "Idempotency-Key is missing" },
  [6] = { 400, "Malformed Idempotency-Key" },
}

function R.idempotent(options)
  local number, by = open("idempotent", options or {})
  local function before(ctx)
    local outcome
    if by then
      local name = by(ctx)
      if name == nil then return nil end
      outcome = begins(number, name_of("idempotent", name))
    else
      outcome = begins(number)
    end
    if outcome == RUNS then return nil end
    if outcome == ANSWERED then return answered end
    http_error(refused[outcome][1], refused[outcome][2])
  end
  return setmetatable({ by = by, before = before }, Hook)
end
