-- `rover.shared`: state that all workers have. A store is known by its number. Texts, numbers and booleans go through
-- the FFI, so that compiled traces read and write them; tables by natives.
local R = ...
local native, raise, settled, shown, null = R.native, R.raise, R.settled, R.shown, R.native.null
local encode, decode, problem, lifetime = native.store_encode, native.store_decode, native.store_problem, native.store_lifetime
local keys, size, clear, call_alone = native.store_keys, native.store_size, native.store_clear, native.call_alone
local number_text, getmetatable = R.number_text, getmetatable
local type, setmetatable, pcall, error, next, format = type, setmetatable, pcall, error, next, string.format

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
-- The keys that are being updated: { store, key, those around it }.
local updating

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
  while entry do
    if entry.store == store and (key == nil or entry.key == key) then
      raise(word .. ": the function of `update` returns the key's new value, and must not write it")
    end
    entry = entry.around
  end
end

local function put(self, word, store, key, value, time, when)
  if updating then check_updating(store, key, word) end
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
  return value_of(store_get(vm, store, key, #key))
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
    store_delete(vm, store, key, #key, -1)
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
  local outcome = store_incr(vm, store, key, #key, by, time)
  if outcome ~= DONE then written(self, "incr", outcome) end
  return number[0]
end

function methods.delete(self, key)
  local store = numbers[self] or no_store("delete")
  if type(key) ~= "string" then key = key_text("delete", key) end
  if updating then check_updating(store, key, "delete") end
  return store_delete(vm, store, key, #key, -1) == DONE
end

-- Others may write the key while the function runs: then it is called again, with what they wrote. Nothing is
-- locked meanwhile, so that an error, or a deadline, leaves all as it was.
function methods.update(self, key, fn)
  local store = numbers[self] or no_store("update")
  if type(key) ~= "string" then key = key_text("update", key) end
  if type(fn) ~= "function" then argument(2, "update", "a function", fn) end
  if updating then check_updating(store, key, "update") end
  while true do
    local kind = store_get(vm, store, key, #key)
    local seen = kind == 0 and ABSENT or version[0]
    local old = value_of(kind)
    local around = updating
    updating = { store = store, key = key, around = around }
    local ok, new = pcall(call_alone, fn, old)
    updating = around
    if not ok then error(new, 0) end
    if new == nil then
      if kind == 0 or store_delete(vm, store, key, #key, seen) == DONE then return nil end
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
  return keys(store, prefix)
end

function methods.clear(self)
  local store = numbers[self] or no_store("clear")
  if updating then check_updating(store, nil, "clear") end
  clear(store)
end

function methods.size(self) return size(numbers[self] or no_store("size")) end

function R.shared(name, options)
  if R.is_loaded then raise("rover.shared stands at the top level of a file: local store = rover.shared \"name\"") end
  if type(name) ~= "string" or name == "" then
    raise("bad argument #1 to 'rover.shared' (the name of a store expected, got " .. (name == "" and "''" or type(name)) .. ")")
  end
  if options ~= nil and type(options) ~= "table" then argument(2, "rover.shared", "a table of options", options) end
  local opened, wrong = native.store_open(name, options)
  if not opened then raise("rover.shared: " .. wrong) end
  local store = setmetatable({}, Store)
  numbers[store], names[store] = opened, name
  return store
end
