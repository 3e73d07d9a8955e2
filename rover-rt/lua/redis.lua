-- `rover.redis`. Commands are written into a list one behind the other: how many arguments, what the answer becomes, the
-- name, the arguments. A native sends the list, and gives `true` and the answer, or what an error is made of; one of
-- the kind "argument" is the program's own, and is told with its line.
local R = ...
local native, raise, settled, shown, lifetime = R.native, R.raise, R.settled, R.shown, R.native.store_lifetime
local run, open = native.redis_run, native.redis_open
local setmetatable, type, select, next, format = setmetatable, type, select, next, string.format

-- What becomes of an answer.
local PLAIN, FLAG, PAIRS, SCORES = 0, 1, 2, 3
-- How a list of commands is sent.
local ALONE, TOGETHER, ATOMIC = 0, 1, 2

-- By its object: a server's number, and the list of a pipeline that is being written; `false` when it is sent.
local weak = { __mode = "k" }
local numbers, lists = setmetatable({}, weak), setmetatable({}, weak)

local methods = {}
local Redis = { __metatable = "rover.redis" }
function Redis.__index(_, key)
  local method = methods[key]
  if method then return method end
  raise("unknown member of what rover.redis gives: " .. shown(key)
    .. " (any command: redis:call(\"NAME\", ...))")
end
function Redis.__newindex(_, key) raise("what rover.redis gives cannot be changed (" .. shown(key) .. ")") end

local function argument(position, word, expected, value)
  raise(format("bad argument #%d to '%s' (%s expected, got %s)", position, word, expected, value == nil and "no value" or type(value)))
end

local function result(word, ok, ...)
  if ok then return ... end
  local kind, message = ...
  if kind == "argument" then raise(word .. ": " .. message) end
  settled(word, ok, ...)
end

-- A command that begins: its arguments follow.
local function begin(list, becomes, name)
  local at = list.length
  list[at + 1], list[at + 2], list[at + 3] = 0, becomes, name
  list.length, list.begun = at + 3, at + 1
end
local function add(list, value)
  local at, begun = list.length + 1, list.begun
  list[at] = value
  list.length = at
  list[begun] = list[begun] + 1
end
local function add_all(list, ...)
  local values = { ... }
  for i = 1, select("#", ...) do add(list, values[i]) end
end
-- Values one by one, or one list of them.
local function add_spread(list, first, ...)
  if type(first) ~= "table" then return add_all(list, first, ...) end
  for i = 1, #first do add(list, first[i]) end
end

-- A method: `write` says the command. In a pipeline it is kept there.
local function method(word, write)
  local called = "redis:" .. word
  methods[word] = function(self, ...)
    local number = numbers[self]
    if not number then raise("call it with a colon: redis:" .. word .. "(...)") end
    local list = lists[self]
    if list == false then raise(called .. ": the pipeline has been sent") end
    if list then
      write(list, ...)
      list.count = list.count + 1
      return
    end
    list = { length = 0 }
    write(list, ...)
    return result(called, run(number, list, list.length, ALONE))
  end
end

-- A command with so many arguments.
local function fixed(word, name, becomes, count)
  method(word, function(list, ...)
    local given = select("#", ...)
    if given < count then argument(given + 1, word, "a text or a number", nil) end
    begin(list, becomes, name)
    local values = { ... }
    for i = 1, count do add(list, values[i]) end
  end)
end
fixed("get", "GET", PLAIN, 1)
fixed("ttl", "TTL", PLAIN, 1)
fixed("exists", "EXISTS", FLAG, 1)
fixed("hget", "HGET", PLAIN, 2)
fixed("hgetall", "HGETALL", PAIRS, 1)
fixed("lpop", "LPOP", PLAIN, 1)
fixed("rpop", "RPOP", PLAIN, 1)
fixed("lrange", "LRANGE", PLAIN, 3)
fixed("smembers", "SMEMBERS", PLAIN, 1)
fixed("publish", "PUBLISH", PLAIN, 2)

-- A command with a key and at least one more, which may be a list.
local function many(word, name)
  method(word, function(list, key, ...)
    begin(list, PLAIN, name)
    add(list, key)
    add_spread(list, ...)
  end)
end
many("hdel", "HDEL")
many("lpush", "LPUSH")
many("rpush", "RPUSH")
many("sadd", "SADD")
many("srem", "SREM")
method("del", function(list, ...)
  begin(list, PLAIN, "DEL")
  add_spread(list, ...)
end)

local function counter(word, name)
  method(word, function(list, key, by)
    begin(list, PLAIN, name)
    add_all(list, key, by == nil and 1 or by)
  end)
end
counter("incr", "INCRBY")
counter("decr", "DECRBY")

local function milliseconds(position, word, value)
  return lifetime(value) or raise(format(
    "bad argument #%d to '%s' (a time is seconds or a text such as \"30s\", \"24h\" or \"7d\", got %s)", position, word, shown(value)))
end

-- The options of a method, each of which must be known.
local function check_options(position, word, options, known)
  if type(options) ~= "table" then argument(position, word, "a table of options", options) end
  for name in next, options do
    if not known[name] then raise(format("bad argument #%d to '%s' (unknown option %s)", position, word, shown(name))) end
  end
end

local OF_SET = { ttl = true, if_absent = true }
method("set", function(list, key, value, options)
  begin(list, FLAG, "SET")
  add_all(list, key, value)
  if options == nil then return end
  check_options(3, "set", options, OF_SET)
  if options.ttl ~= nil then add_all(list, "PX", milliseconds(3, "set", options.ttl)) end
  if options.if_absent then add(list, "NX") end
end)

method("expire", function(list, key, ttl)
  begin(list, FLAG, "PEXPIRE")
  add_all(list, key, milliseconds(2, "expire", ttl))
end)

method("hset", function(list, key, field, value)
  begin(list, PLAIN, "HSET")
  add(list, key)
  if type(field) ~= "table" then return add_all(list, field, value) end
  for name, given in next, field do add_all(list, name, given) end
end)

method("zadd", function(list, key, score, member)
  begin(list, PLAIN, "ZADD")
  add(list, key)
  if type(score) ~= "table" then return add_all(list, score, member) end
  for name, given in next, score do add_all(list, given, name) end
end)

local OF_RANGE = { scores = true, reverse = true }
method("zrange", function(list, key, first, last, options)
  local scores, reverse
  if options ~= nil then
    check_options(4, "zrange", options, OF_RANGE)
    scores, reverse = options.scores, options.reverse
  end
  begin(list, scores and SCORES or PLAIN, reverse and "ZREVRANGE" or "ZRANGE")
  add_all(list, key, first, last)
  if scores then add(list, "WITHSCORES") end
end)

method("call", function(list, name, ...)
  if type(name) ~= "string" then argument(1, "call", "the name of a command", name) end
  begin(list, PLAIN, name)
  add_all(list, ...)
end)

method("eval", function(list, script, keys, args)
  if type(script) ~= "string" then argument(1, "eval", "a script", script) end
  if keys ~= nil and type(keys) ~= "table" then argument(2, "eval", "a list of keys", keys) end
  if args ~= nil and type(args) ~= "table" then argument(3, "eval", "a list of arguments", args) end
  begin(list, PLAIN, "EVAL")
  add_all(list, script, keys and #keys or 0)
  if keys then add_spread(list, keys) end
  if args then add_spread(list, args) end
end)

local OF_PIPELINE = { atomic = true }
function methods.pipeline(self, fn, options)
  local number = numbers[self]
  if not number then raise("call it with a colon: redis:pipeline(fn)") end
  if lists[self] ~= nil then raise("redis:pipeline: this is a pipeline already") end
  if type(fn) ~= "function" then argument(1, "pipeline", "a function", fn) end
  if options ~= nil then check_options(2, "pipeline", options, OF_PIPELINE) end
  local list, object = { length = 0, count = 0 }, setmetatable({}, Redis)
  numbers[object], lists[object] = number, list
  fn(object)
  lists[object] = false
  if list.count == 0 then return R.json.array({}) end
  return result("redis:pipeline", run(number, list, list.length, options and options.atomic and ATOMIC or TOGETHER))
end

local OF_SUBSCRIPTION = { pattern = true }
function methods.subscribe(self, channel, fn, options)
  local number = numbers[self]
  if not number then raise("call it with a colon: redis:subscribe(channel, fn)") end
  if lists[self] ~= nil then raise("redis:subscribe is no command of a pipeline") end
  if type(channel) ~= "string" or channel == "" then argument(1, "subscribe", "the name of a channel", channel) end
  if options ~= nil then check_options(3, "subscribe", options, OF_SUBSCRIPTION) end
  local pattern = options and options.pattern == true or false
  local entry = { kind = "subscribe", said = "redis:subscribe", server = number, channel = channel, pattern = pattern }
  R.schedule("subscribe", fn, entry, 2)
end

function R.redis(url, options)
  if R.is_loaded then raise("rover.redis stands at the top level of a file: it keeps its connection") end
  if not run then raise("rover.redis needs a feature of the crate rover: features = [\"redis\"] in Cargo.toml") end
  if type(url) ~= "string" then argument(1, "rover.redis", "the address of a server", url) end
  if options ~= nil and type(options) ~= "table" then argument(2, "rover.redis", "a table of options", options) end
  local number, wrong = open(url, options or {})
  if not number then raise("rover.redis: " .. wrong) end
  local made = setmetatable({}, Redis)
  numbers[made] = number
  return made
end
