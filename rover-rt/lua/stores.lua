-- `rover.shared` and `rover.cache`: state that all workers have. A store is known by its number. Texts, numbers and booleans go through
-- the FFI, so that compiled traces read and write them; tables by natives. Where the state is on a server, `remote` has what
-- asks that, and waits.
local R = ...
local native, raise, settled, shown, null = R.native, R.raise, R.settled, R.shown, R.native.null
local encode, decode, problem, lifetime = native.store_encode, native.store_decode, native.store_problem, native.store_lifetime
local keys, size, clear, call_alone = native.store_keys, native.store_size, native.store_clear, native.call_alone
local number_text, getmetatable, running = R.number_text, getmetatable, coroutine.running
local type, setmetatable, pcall, error, next, format = type, setmetatable, pcall, error, next, string.format

local remote = native.state_is_elsewhere and native.state_is_elsewhere() and {}

local ffi = require "ffi"
local vm, text_of = ffi.cast("void *", R.written.vm), ffi.string
local function c(name) return ffi.cast(R.written.declarations[name], R.written[name]) end
local store_get, store_delete, store_incr = c("store_get"), c("store_delete"), c("store_incr")
local set_text, set_number, set_other = c("store_set_text"), c("store_set_number"), c("store_set_other")
-- What a call has given.
local number, version = c("store_number"), c("store_version")
local text, length = c("store_text"), c("store_length")

-- What a value is.
local NULL, FALSE, TRUE, NUMBER, TEXT, TABLE = 1, 2, 3, 4, 5, 6
-- What became of a write.
local DONE, FAILED = 1, 2
-- How long it lives, beside a number of milliseconds, and when it is made, beside a version that is there.
local FOREVER, KEPT, ALWAYS, ABSENT = 0, -1, -2, -1

-- By its object: a store's number, and its name.
local numbers, names = {}, {}
-- The keys that are being updated: { store, key, those around it }. Where the state is on a server, others run meanwhile: by
-- the coroutine then.
local updating = remote and setmetatable({}, { __mode = "k" })

local methods = setmetatable({}, { __index = function(_, key)
  raise("unknown member of a store: " .. shown(key)
    .. " (it has get, set, add, incr, delete, update, keys, clear, size)")
end })
local Store = { __index = methods, __metatable = "rover.store" }
function Store.__newindex(_, key) raise("a store cannot be changed (" .. shown(key) .. "): use set(key, value)") end

local function argument(position, word, expected, value)
  raise(format("bad argument #%d to '%s' (%s expected, got %s)", position, word, expected, value == nil and "no value" or type(value)))
end

local function no_store(word) raise("call it with a colon: store:" .. word .. "(...)") end

-- A key is a text; a number is taken as its text.
local function key_text(word, key)
  if type(key) == "number" then return number_text(key) end
  argument(1, word, "a key that is a string", key)
end

local function written(self, word, outcome)
  if outcome == DONE then return true end
  if outcome ~= FAILED then return false end
  local message, is_own = problem()
  message = names[self] .. ":" .. word .. ": " .. message
  if is_own then raise(message) end
  settled(word, false, "full", message, nil, true)
end

-- What a question to the server has given; what is wrong with what the program gives it has the program's line.
local function asked(self, word, ok, ...)
  if ok then return ... end
  local kind, message = ...
  word = names[self] .. ":" .. word
  if kind == "argument" then raise(word .. ": " .. message) end
  settled(word, ok, ...)
end

if remote then
  local get, set, value = native.remote_get, native.remote_set, native.remote_value

  function remote.get(self, store, key)
    local bytes = asked(self, "get", get(store, key))
    if bytes then return asked(self, "get", value(bytes)) end
  end

  function remote.put(self, word, store, key, value, time, when)
    local kind = type(value)
    if value ~= null and kind ~= "table" and kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
      argument(2, word, "a value that JSON can hold", value)
    end
    return asked(self, word, set(store, key, value, time, when))
  end

  -- What a key has, and the bytes of it.
  function remote.seen(self, store, key)
    local bytes = asked(self, "update", get(store, key))
    if bytes then return asked(self, "update", value(bytes)), bytes end
  end
end

local function lifetime_of(word, position, value)
  return lifetime(value) or raise(format(
    "bad argument #%d to '%s' (`ttl` is seconds or a text such as \"30s\", \"24h\" or \"7d\", got %s)", position, word, shown(value)))
end

local function unknown_option(word, position, options, known)
  for name in next, options do
    if not known[name] then
      raise(format("bad argument #%d to '%s' (unknown option %s)", position, word, shown(name)))
    end
  end
end

-- The function of `update` may not write what it makes anew.
local function check_updating(store, key, word)
  local entry = updating
  if remote then entry = updating[running() or updating] end
  while entry do
    if entry.store == store and (key == nil or entry.key == key) then
      raise(word .. ": the function of `update` returns the key's new value, and must not write it")
    end
    entry = entry.around
  end
end

local function put(self, word, store, key, value, time, when)
  if updating then check_updating(store, key, word) end
  if remote then return remote.put(self, word, store, key, value, time, when) end
  local kind = type(value)
  local outcome
  if kind == "string" then
    outcome = set_text(vm, store, key, #key, value, #value, time, when)
  elseif kind == "number" then
    outcome = set_number(vm, store, key, #key, value, time, when)
  elseif kind == "boolean" then
    outcome = set_other(vm, store, key, #key, value and TRUE or FALSE, time, when)
  elseif value == null then
    outcome = set_other(vm, store, key, #key, NULL, time, when)
  else
    if kind ~= "table" then argument(2, word, "a value that JSON can hold", value) end
    local ok, wrong = encode(value)
    if not ok then raise(names[self] .. ":" .. word .. ": " .. wrong) end
    outcome = set_other(vm, store, key, #key, TABLE, time, when)
  end
  return written(self, word, outcome)
end

-- The value of a kind that the last call has given.
local function value_of(kind)
  if kind == NUMBER then return number[0] end
  if kind == TEXT then return text_of(text[0], length[0]) end
  if kind == 0 then return nil end
  if kind == TABLE then return decode() end
  if kind == NULL then return null end
  return kind == TRUE
end

function methods.get(self, key)
  local store = numbers[self] or no_store("get")
  if type(key) ~= "string" then key = key_text("get", key) end
  if remote then return remote.get(self, store, key) end
  return value_of(store_get(vm, store, key, #key))
end

local function remove(self, word, store, key)
  if remote then return asked(self, word, native.remote_delete(store, key)) end
  return store_delete(vm, store, key, #key, -1) == DONE
end

local set_options, add_options = { ttl = true, if_absent = true }, { ttl = true }

function methods.set(self, key, value, options)
  local store = numbers[self] or no_store("set")
  if type(key) ~= "string" then key = key_text("set", key) end
  local time, when = FOREVER, ALWAYS
  if options ~= nil then
    if type(options) ~= "table" then argument(3, "set", "a table of options", options) end
    local ttl, if_absent = options.ttl, options.if_absent
    if ttl ~= nil then time = lifetime_of("set", 3, ttl) end
    if if_absent then when = ABSENT end
    if ttl == nil or if_absent == nil then unknown_option("set", 3, options, set_options) end
  end
  if value == nil then
    if when == ABSENT then argument(2, "set", "a value", value) end
    if updating then check_updating(store, key, "set") end
    remove(self, "set", store, key)
    return true
  end
  return put(self, "set", store, key, value, time, when)
end

-- The `ttl` of options that have nothing else.
local function only_ttl(word, options)
  if type(options) ~= "table" then argument(3, word, "a table of options", options) end
  unknown_option(word, 3, options, add_options)
  local ttl = options.ttl
  return ttl == nil and FOREVER or lifetime_of(word, 3, ttl)
end

function methods.add(self, key, value, options)
  local store = numbers[self] or no_store("add")
  if type(key) ~= "string" then key = key_text("add", key) end
  if value == nil then argument(2, "add", "a value", value) end
  local time = options == nil and FOREVER or only_ttl("add", options)
  return put(self, "add", store, key, value, time, ABSENT)
end

function methods.incr(self, key, by, options)
  local store = numbers[self] or no_store("incr")
  if type(key) ~= "string" then key = key_text("incr", key) end
  if by == nil then
    by = 1
  elseif type(by) ~= "number" then
    argument(2, "incr", "a number", by)
  end
  local time = options == nil and FOREVER or only_ttl("incr", options)
  if updating then check_updating(store, key, "incr") end
  if remote then return asked(self, "incr", native.remote_incr(store, key, by, time)) end
  local outcome = store_incr(vm, store, key, #key, by, time)
  if outcome ~= DONE then written(self, "incr", outcome) end
  return number[0]
end

function methods.delete(self, key)
  local store = numbers[self] or no_store("delete")
  if type(key) ~= "string" then key = key_text("delete", key) end
  if updating then check_updating(store, key, "delete") end
  return remove(self, "delete", store, key)
end

-- Others may write the key while the function runs: then it is called again, with what they wrote. Nothing is
-- locked meanwhile, so that an error, or a deadline, leaves all as it was. With a server, the function may ask for other
-- state, and wait for that.
function methods.update(self, key, fn)
  local store = numbers[self] or no_store("update")
  if type(key) ~= "string" then key = key_text("update", key) end
  if type(fn) ~= "function" then argument(2, "update", "a function", fn) end
  if updating then check_updating(store, key, "update") end
  while true do
    local old, seen
    if remote then
      old, seen = remote.seen(self, store, key)
      seen = seen or ABSENT
    else
      local kind = store_get(vm, store, key, #key)
      seen = kind == 0 and ABSENT or version[0]
      old = value_of(kind)
    end
    local ok, new
    if remote then
      local thread = running() or updating
      local around = updating[thread]
      updating[thread] = { store = store, key = key, around = around }
      ok, new = pcall(fn, old)
      updating[thread] = around
    else
      local around = updating
      updating = { store = store, key = key, around = around }
      ok, new = pcall(call_alone, fn, old)
      updating = around
    end
    if not ok then error(new, 0) end
    if new == nil then
      if seen == ABSENT then return nil end
      local gone
      if remote then
        gone = asked(self, "update", native.remote_delete(store, key, seen))
      else
        gone = store_delete(vm, store, key, #key, seen) == DONE
      end
      if gone then return nil end
      -- It has gone meanwhile.
    elseif put(self, "update", store, key, new, KEPT, seen) then
      return new
    end
  end
end

function methods.keys(self, prefix)
  local store = numbers[self] or no_store("keys")
  if prefix == nil then prefix = "" end
  if type(prefix) ~= "string" then argument(1, "keys", "a string", prefix) end
  if remote then return R.json.array(asked(self, "keys", native.remote_keys(store, prefix))) end
  return keys(store, prefix)
end

function methods.clear(self)
  local store = numbers[self] or no_store("clear")
  if updating then check_updating(store, nil, "clear") end
  if remote then return asked(self, "clear", native.remote_clear(store)) end
  clear(store)
end

function methods.size(self)
  local store = numbers[self] or no_store("size")
  if remote then return asked(self, "size", native.remote_size(store)) end
  return size(store)
end

-- `rover.cache`: a value is made once, however many ask for it.
local ask, made, finish, fail = native.cache_ask, native.cache_made, native.cache_finish, native.cache_fail
local leave, cache_delete, cache_clear = native.cache_leave, native.cache_delete, native.cache_clear
if remote then
  ask, finish, fail, leave = native.remote_cache_ask, native.remote_cache_finish, native.remote_cache_fail, native.remote_cache_leave
end
local VALUE, MAKE, ERROR = 1, 2, 3

local caches = setmetatable({}, { __index = function(_, key)
  raise("unknown member of a cache: " .. shown(key) .. " (it has fetch, delete, clear)")
end })
local Cache = { __index = caches, __metatable = "rover.cache" }
function Cache.__newindex(_, key) raise("a cache cannot be changed (" .. shown(key) .. ")") end

-- By the coroutine, the values that it makes: { cache, key, those around it }.
local weak = { __mode = "k" }
local making = setmetatable({}, weak)

local function no_cache(word) raise("call it with a colon: cache:" .. word .. "(...)") end

-- What others get of an error; nothing where they make the value themselves.
local function told(problem)
  local kind = type(problem)
  if kind == "string" then return { text = problem } end
  if kind ~= "table" then return nil end
  local meta = getmetatable(problem)
  if meta == nil or meta == "rover.wait_error" and problem.kind ~= "cancelled" then
    local fields = {}
    for name, value in next, problem do fields[name] = value end
    return { fields = fields, waited = meta ~= nil }
  end
end

local function raise_told(told)
  if told.text then error(told.text, 0) end
  if told.waited then setmetatable(told.fields, R.WaitError) end
  error(told.fields, 0)
end

local function make(self, number, ticket, key, time, fn)
  local thread = running() or making
  local around = making[thread]
  making[thread] = { cache = number, key = key, around = around }
  local ok, value = pcall(fn, key)
  making[thread] = around
  if ok then
    if remote then
      asked(self, "fetch", finish(ticket, value, time))
      return value
    end
    local kept, wrong = finish(ticket, value, time)
    if not kept then raise(names[self] .. ":fetch: " .. wrong) end
    return value
  end
  local problem = told(value)
  if problem then fail(ticket, problem) else leave(ticket) end
  error(value, 0)
end

function caches.fetch(self, key, ttl, fn)
  local number = numbers[self] or no_cache("fetch")
  if type(key) ~= "string" then key = key_text("fetch", key) end
  local time = lifetime(ttl)
  if not time then argument(2, "fetch", "seconds or a text such as \"30s\" or \"24h\"", ttl) end
  if type(fn) ~= "function" then argument(3, "fetch", "a function", fn) end
  local entry = making[running() or making]
  while entry do
    if entry.cache == number and entry.key == key then
      raise(names[self] .. ":fetch: the function that makes the value of " .. shown(key) .. " asks for it")
    end
    entry = entry.around
  end
  while true do
    local what, value, bytes = ask(number, key)
    if what == VALUE then return value end
    if what == MAKE then return make(self, number, value, key, time, fn) end
    if not what then settled("cache:fetch", what, value, bytes) end
    if value == MAKE then return make(self, number, bytes, key, time, fn) end
    if value == VALUE then
      if remote then return asked(self, "fetch", native.remote_value(bytes or "")) end
      return made(bytes)
    end
    if value == ERROR then raise_told(made(bytes)) end
  end
end

function caches.delete(self, key)
  local number = numbers[self] or no_cache("delete")
  if type(key) ~= "string" then key = key_text("delete", key) end
  if remote then return asked(self, "delete", native.remote_cache_delete(number, key)) end
  return cache_delete(number, key)
end

function caches.clear(self)
  local number = numbers[self] or no_cache("clear")
  if remote then return asked(self, "clear", native.remote_cache_clear(number)) end
  cache_clear(number)
end

-- What a word gives at the top level of a file, by its name.
local function opened(word, open, meta)
  return function(name, options)
    if R.is_loaded then raise(format("%s stands at the top level of a file: local store = %s \"name\"", word, word)) end
    if type(name) ~= "string" or name == "" then
      raise(format("bad argument #1 to '%s' (a name expected, got %s)", word, name == "" and "''" or type(name)))
    end
    if options ~= nil and type(options) ~= "table" then argument(2, word, "a table of options", options) end
    local number, wrong = open(name, options)
    if not number then raise(word .. ": " .. wrong) end
    local store = setmetatable({}, meta)
    numbers[store], names[store] = number, name
    return store
  end
end
R.shared = opened("rover.shared", native.store_open, Store)
R.cache = opened("rover.cache", native.cache_open, Cache)
