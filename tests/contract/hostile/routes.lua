-- Programs that try to take the worker down. Each costs its own request.
-- None is turned away because others take long: 503 is a deadline.
local api = rover.server {
  deadline = "50ms", memory_limit = "32MiB", max_wait = 0,
  -- What these find does not depend on how fast the machine is.
  deadlines = { ["GET /fine/{kind}"] = "10s", ["GET /fail/{kind}"] = "10s" },
}

local big = 1e15
local function loop() while true do end end
local function forever(f) return function() while true do f() end end end
local function caught(f) return function() while true do pcall(f) end end end
local function chain(key, f)
  return function() return setmetatable({}, { [key] = f }) end
end

-- 503: nothing of these ends by itself.
local stop = {
  loaded = function() load("while true do end")() end,
  loaded_repeat = function() loadstring("repeat until false")() end,
  loaded_goto = function() load("::a:: goto a")() end,
  loaded_tail = function() load("local function f() return f() end return f()")() end,
  loaded_env = function() load("while true do x = 1 end", "chunk", "t", {})() end,
  loaded_setfenv = function() setfenv(load("while true do end"), {})() end,
  loaded_reader = function() while true do load(function() return "x = 1 " end) end end,
  loaded_pcall = function() load("local p, f = ... while true do p(f) end")(pcall, loop) end,
  loaded_coroutine = function() coroutine.wrap(load("while true do end"))() end,
  metamethod_index = function() return chain("__index", loop)().x end,
  metamethod_newindex = function() chain("__newindex", loop)().x = 1 end,
  metamethod_call = function() return chain("__call", loop)()() end,
  metamethod_add = function() return chain("__add", loop)() + 1 end,
  metamethod_concat = function() return chain("__concat", loop)() .. "" end,
  metamethod_eq = function()
    local mt = { __eq = loop }
    return setmetatable({}, mt) == setmetatable({}, mt)
  end,
  metamethod_lt = function()
    local mt = { __lt = loop }
    return setmetatable({}, mt) < setmetatable({}, mt)
  end,
  metamethod_len = function() return #chain("__len", loop)() end,
  metamethod_unm = function() return -chain("__unm", loop)() end,
  metamethod_pairs = function() for _ in pairs(chain("__pairs", loop)()) do end end,
  metamethod_tostring = function() return tostring(chain("__tostring", loop)()) end,
  format_tostring = function() return ("%s"):format(chain("__tostring", loop)()) end,
  error_handler = function() xpcall(error, loop) loop() end,
  error_handler_loop = function() while true do xpcall(loop, loop) end end,
  sort_comparator = function() table.sort({ 3, 2, 1 }, loop) end,
  sort_forever = function() while true do table.sort({ 1, 2, 3 }) end end,
  sort_inconsistent = function()
    local t = {}
    for i = 1, 3000 do t[i] = i end
    while true do pcall(table.sort, t, function() return true end) end
  end,
  sort_large = function()
    local t = {}
    while true do
      for i = 1, 200000 do t[i] = (i * 7919) % 200003 end
      table.sort(t)
    end
  end,
  gsub_callback = function() ("x"):gsub("x", loop) end,
  gsub_table = function() ("x"):gsub("x", chain("__index", loop)()) end,
  gsub_nested = forever(function() return (("x"):rep(100):gsub(".", function(c) return (c:gsub(".", "%0%0")) end)) end),
  find_bomb = function() ("a"):rep(340):find(".-.-.-.-b$") end,
  find_in_pcall = caught(function() ("a"):rep(340):find(".-.-.-.-b$") end),
  find_in_coroutine = function()
    while true do
      coroutine.resume(coroutine.create(function() ("a"):rep(340):find(".-.-.-.-b$") end))
    end
  end,
  match_captures = function() ("a"):rep(300):match("(.-)(.-)(.-)(.-)(.-)%5b") end,
  gmatch_bomb = function() for _ in ("a"):rep(500):gmatch(".-.-.-b") do end end,
  balance = forever(function() ("("):rep(100000):find("%b()") end),
  plain_find = forever(function() ("a"):rep(100000):find(("a"):rep(50000) .. "b", 1, true) end),
  rep = forever(function() return ("x"):rep(4e6) end),
  rep_caught = caught(function() return ("x"):rep(4e6) end),
  upper = function() local s = ("x"):rep(4e6) while true do s = s:upper():lower():reverse() end end,
  joined = function() local s, n = ("x"):rep(4e6), 0 while true do n = n + 1 local t = s .. n end end,
  concat = function() local t = {} for i = 1, 1e5 do t[i] = "abcdefgh" end while true do table.concat(t, ",") end end,
  format = function() local s = ("x"):rep(1e6) while true do ("%s%s%s"):format(s, s, s) end end,
  concat_long = function() local s = ("x"):rep(1e6) while true do table.concat { s, s, s } end end,
  insert_front = function() local t = {} while true do table.insert(t, 1, 1) end end,
  remove_front = function()
    local t = {}
    for i = 1, 5e5 do t[i] = i end
    while true do table.remove(t, 1) t[#t + 1] = 1 end
  end,
  -- Calls that need no stack.
  tail_tostring = function()
    local mt = {}
    mt.__tostring = function(t) return tostring(t) end
    return tostring(setmetatable({}, mt))
  end,
  move = function() table.move({}, 1, 2 ^ 31 - 2, 2) end,
  move_far = function() table.move({ 1 }, -1e308, 1e308, 2 ^ 53) end,
  remove_length = function()
    table.remove(setmetatable({}, { __len = function() return 2 ^ 53 end }), 1)
  end,
  move_back = function() table.move({}, 1, 2 ^ 31 - 10, 5) end,
  next_sparse = function()
    local t = {}
    for i = 1, 1e5 do t[i + 0.5] = 1 end
    for k in pairs(t) do t[k] = nil end
    while true do next(t) end
  end,
  tostring = forever(function() return tostring({}) end),
  tonumber = function() local s = ("9"):rep(1e6) while true do tonumber(s) end end,
  tonumber_base = function() local s = ("z"):rep(1e5) while true do tonumber(s, 36) end end,
  byte = function() local s = ("x"):rep(7000) while true do s:byte(1, -1) end end,
  unpack = function() local t = {} for i = 1, 7000 do t[i] = i end while true do select("#", unpack(t)) end end,
  date = forever(function() return os.date(("%c"):rep(1000)) end),
  date_empty = forever(function() return os.date("%" .. ("%"):rep(1)) end),
  yield = function() local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end end,
  create = forever(function() return coroutine.create(loop) end),
  collect = forever(function() collectgarbage() collectgarbage("step", 1000) end),
  random = forever(math.random),
  compare = function()
    local a, b = ("x"):rep(4e6) .. "a", ("x"):rep(4e6) .. "b"
    while true do local c = a < b end
  end,
  print = forever(function() print("x") end),
  getmetatable = forever(function() getmetatable("").__index.upper("x") end),
  each = function() table.foreach(setmetatable({ 1 }, {}), loop) end,
  each_native = function()
    local t = {}
    for i = 1, 1e5 do t[i] = i end
    while true do table.foreach(t, type) table.foreachi(t, type) end
  end,
  concat_numbers = function()
    local t = {}
    for i = 1, 5e5 do t[i] = i / 3 end
    while true do table.concat(t, " ") end
  end,
  rep_long = forever(function() return ("x"):rep(8e6) end),
  load_long = function()
    local s = ("x = 1 "):rep(150000)
    while true do load(s) end
  end,
  json_encode = function()
    local row, rows = {}, {}
    for i = 1, 1e5 do rows[i] = row end
    while true do rover.json.encode(rows) end
  end,
  json_decode = function()
    local s = "[" .. ("1,"):rep(1e5) .. "1]"
    while true do rover.json.decode(s) end
  end,
  -- Few tables, and a long text.
  returned = function()
    local t = {}
    for _ = 1, 4 do
      local inner = t
      t = {}
      for i = 1, 100 do t[i] = inner end
    end
    return t
  end,
}

-- 500: these end with an error.
local fail = {}
local function deep(f) return function() return 1 + f() end end
fail.recursion = function() local function f(n) return 1 + f(n + 1) end return f(1) end
fail.recursion_gsub = function() local function f(s) return (s:gsub(".", f)) end return f("x") end
fail.recursion_gsub_table = function()
  local t = setmetatable({}, {})
  getmetatable(t).__index = function() return (("x"):gsub("x", t)) end
  return (("x"):gsub("x", t))
end
fail.recursion_wrap = function() local function f() coroutine.wrap(f)() end f() end
fail.recursion_resume = function()
  local function f() local ok, e = coroutine.resume(coroutine.create(f)) if not ok then error(e, 0) end end
  f()
end
fail.recursion_mixed = function()
  local function f(s) return (s:gsub(".", function(c) return coroutine.wrap(function() return f(c) end)() end)) end
  return f("x")
end
fail.recursion_format = function()
  local mt = {}
  mt.__tostring = function(t) return ("%s"):format(t) end
  return ("%s"):format(setmetatable({}, mt))
end
fail.recursion_index = function()
  local t = {}
  setmetatable(t, { __index = function(_, k) return t[k + 1] end })
  return t[1]
end
fail.recursion_index_chain = function()
  local t = {}
  setmetatable(t, { __index = t })
  return t.x
end
fail.recursion_eq = function()
  local mt = {}
  mt.__eq = function(a, b) return setmetatable({}, mt) == setmetatable({}, mt) end
  return setmetatable({}, mt) == setmetatable({}, mt)
end
fail.recursion_concat = function()
  local mt = {}
  mt.__concat = function(a, b) return a .. b end
  return setmetatable({}, mt) .. ""
end
fail.recursion_call = function()
  local t = {}
  setmetatable(t, { __call = function() return 1 + t() end })
  return t()
end
fail.recursion_pcall = function() local function f() local _, e = pcall(f) error(e, 0) end f() end
fail.recursion_xpcall = function()
  local function f() local ok, e = xpcall(f, function(m) return m end) error(e, 0) end
  f()
end
fail.recursion_handler = function()
  local function h(e) error(e, 0) end
  local ok, e = xpcall(error, h, "x")
  error(e, 0)
end
fail.recursion_sort = function()
  local function f() table.sort({ 2, 1 }, function() f() return false end) end
  f()
end
fail.recursion_load = function()
  local source = "local f = ... return 1 + f(f)"
  local function f(f) return load(source)(f) end
  return f(f)
end
fail.recursion_reader = function()
  local function f() return load(function() f() return nil end) end
  f()
  error("the end", 0)
end
fail.recursion_foreach = function() local function f() table.foreach({ 1 }, f) end f() end
fail.recursion_len = function()
  local mt = {}
  mt.__len = function(t) return 1 + #t end
  return #setmetatable({}, mt)
end
fail.recursion_newindex = function()
  local t = setmetatable({}, {})
  getmetatable(t).__newindex = function(t, k, v) t[k + 1] = v end
  t[1] = 1
end
fail.many_arguments = function()
  local t = {}
  for i = 1, 1e5 do t[i] = i end
  return math.max(unpack(t))
end
fail.memory_table = function() local t = {} for i = 1, 1e9 do t[i] = i end end
fail.memory_hash = function() local t = {} for i = 1, 1e9 do t["k" .. i] = i end end
fail.memory_nested = function() local t = {} while true do t = { t, t, t, t, t, t, t, t } t = { t, {} } end end
fail.memory_string = function() local s = "x" while true do s = s .. s end end
fail.memory_strings = function() local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end end
fail.memory_concat = function()
  local t, s = {}, ("x"):rep(1e6)
  for i = 1, 100 do t[i] = s end
  return table.concat(t)
end
fail.memory_format = function() local s = ("x"):rep(6e6) return ("%s%s%s%s"):format(s, s, s, s) end
fail.memory_gsub = function() return (("x"):rep(1e6):gsub("x", ("y"):rep(1000))) end
fail.memory_gsub_callback = function()
  local s = ("y"):rep(1e5)
  return (("x"):rep(1e5):gsub("x", function() return s end))
end
fail.memory_closures = function() local t = {} while true do t[#t + 1] = function() return t end end end
fail.memory_coroutines = function()
  local t = {}
  while true do t[#t + 1] = coroutine.create(function() coroutine.yield(t) end) coroutine.resume(t[#t]) end
end
fail.memory_varargs = function() local function f(...) return f(1, ...) end return f() end
fail.memory_upvalues = function() local f = function() end while true do local g = f f = function() return g() end end end
fail.memory_pcall = function()
  local t = {}
  for _ = 1, 3 do pcall(function() while true do t[#t + 1] = ("x"):rep(1e5) .. #t end end) end
  error("kept " .. (#t > 10 and "some" or "none"), 0)
end
fail.memory_json = function() return rover.json.decode("[" .. ("[],"):rep(2e6) .. "1]") end
fail.rep_huge = function() return ("x"):rep(big) end
fail.rep_long = function() return ("x"):rep(1e9) end
fail.rep_separator = function() return (""):rep(1e9, "abc") end
fail.unpack_range = function() return unpack({}, 1, 1e8) end
fail.unpack_negative = function() return unpack({}, -2 ^ 31, 2 ^ 31 - 1) end
fail.byte_range = function() return (("x"):rep(1e6):byte(1, -1)) end
fail.char_many = function() local t = {} for i = 1, 9000 do t[i] = 65 end return string.char(unpack(t)) end
fail.char_wrong = function() return string.char(256) end
fail.select_wrong = function() return select(-1e9, 1) end
fail.insert_wrong = function() table.insert({}, 1, 2, 3) end
fail.insert_huge = function() table.insert({}, big, 1) end
fail.insert_text = function() table.insert({}, "2147483648", 1) end
fail.insert_nan = function() table.insert({}, 0 / 0, 1) end
fail.insert_negative = function() table.insert({}, -2 ^ 31, 1) end
fail.concat_range = function() return table.concat({}, "", 1, 2 ^ 31 - 1) end
fail.format_wrong = function() return ("%y"):format(1) end
fail.format_width = function() return ("%1000d"):format(1) end
fail.format_missing = function() return ("%s %s"):format("a") end
fail.tonumber_base = function() return tonumber("z", 99) end
fail.setmetatable_wrong = function() setmetatable({}, 1) end
fail.next_wrong = function() return next({}, "no key") end
fail.resume_itself = function() local co co = coroutine.wrap(function() co() end) co() end
fail.resume_wrong = function() return coroutine.resume(1) end
fail.wrap_dead = function() local f = coroutine.wrap(function() end) f() f() end
fail.yield_outside = function() coroutine.yield(1) end
fail.pattern_wrong = function() return ("x"):find("[a") end
fail.pattern_deep = function() return ("x"):rep(1000):find(("x?"):rep(500)) end
fail.pattern_captures = function() return ("x"):find(("()"):rep(40)) end
fail.bit_wrong = function() return bit.lshift({}, 1) end
fail.date_wrong = function() return os.date({}) end
fail.time_wrong = function() return os.time({ year = 1e300 }) end
fail.error_nil = function() error(nil) end
fail.error_false = function() error(false) end
fail.error_table = function() error({}) end
fail.error_number = function() error(42) end
fail.error_function = function() error(print) end
fail.error_thread = function() error(coroutine.create(print)) end
fail.error_tostring_fails = function() error(setmetatable({}, { __tostring = function() error("again") end })) end
fail.error_metatable = function() error(setmetatable({}, { __metatable = { __index = error }, __index = error, __len = error })) end
fail.error_long = function() error(("x"):rep(4e6)) end
fail.error_binary = function() error("\0\255\27[2J\r\n") end
fail.error_levels = function() error("x", 2 ^ 31) end
fail.error_null = function() error(rover.null) end
fail.lock_string = function() string.format = nil end
fail.lock_new = function() table.anything = 1 end
fail.lock_rawset = function() rawset(string, "format", 1) end
fail.lock_metatable = function() getmetatable("").__index = function() end end
fail.lock_metatable_set = function() setmetatable(string, {}) end
fail.lock_bit = function() bit.band = print end
fail.lock_coroutine = function() coroutine.wrap = nil end
fail.lock_os = function() os.time = function() return 0 end end
fail.fenv_runtime = function() setfenv(rover.log.info, {}) end
fail.fenv_thread = function() setfenv(0, {}) end
fail.fenv_native = function() setfenv(string.find, {}) end
fail.ctx_forged = function(ctx) rawset(ctx, 1, rover.null) rawset(ctx, 2, nil) error(type(ctx:params().kind), 0) end
fail.response_forged = function() return setmetatable({}, { __index = error }).x end
fail.cycle = function() local t = {} t.t = t return t end
fail.deep = function() local t = {} for _ = 1, 1e4 do t = { t } end return t end
fail.returns_function = function() return function() end end
fail.returns_thread = function() return { coroutine.create(print) } end
fail.header = function() return api.text("x"):header("a", "b\r\nc: d") end
fail.status = function() return api.json:status(tonumber("99"), {}) end
fail.body_long = function() local t = {} for i = 1, 300 do t[i] = ("x"):rep(1e5) end return t end

-- 200: what a handler may try, and what it finds.
kept_ctx = nil
local reached = {}
for _, name in ipairs { "ffi", "newproxy", "module", "dofile", "loadfile", "__rover" } do
  reached[name] = function() return rawget(_G, name) == nil end
end
-- Of these libraries only what does no harm is there.
for library, harmless in pairs {
  debug = "getinfo getmetatable traceback",
  package = "config cpath loaded loaders path preload searchers",
  jit = "arch attach flush off on os status version version_num",
} do
  reached[library] = function()
    local found = {}
    for name in pairs(_G[library]) do
      if not (" " .. harmless .. " "):find(" " .. name .. " ", 1, true) then found[#found + 1] = name end
    end
    return #found == 0 or table.concat(found, " ")
  end
end
local fine = {
  dump = function() return string.dump == nil end,
  require_ffi = function() return not pcall(require, "ffi") and not pcall(require, "jit.util") and not pcall(require, "jit.opt") end,
  require_buffer = function() return not pcall(require, "string.buffer") end,
  execute = function() return os.execute == nil and os.exit == nil and os.remove == nil and os.rename == nil and os.tmpname == nil end,
  bytecode = function() return load("\27LJ\2") == nil and loadstring("\27Lua") == nil and load("\27LJ", "x", "b") == nil end,
  bytecode_pieces = function()
    local parts = { "\27", "LJ" }
    return load(function() return table.remove(parts, 1) end, "x", "b") == nil
  end,
  loaded_reserved = function()
    local f, message = load("return __rover")
    return f == nil and message == "the name '__rover' is reserved"
  end,
  loaded_escape = function() return load("end while true do end local function f()") == nil end,
  loaded_varargs = function() return load("return select('#', ...)")(1, 2, 3) == 3 end,
  loaded_env = function() return load("return x", "c", "t", { x = 5 })() == 5 end,
  loaded_line = function()
    local f = load("\n\nerror('here')", "=chunk")
    local _, message = pcall(f)
    return message == "chunk:3: here"
  end,
  loaded_syntax = function()
    local _, message = load("x = = 1", "=chunk")
    return message == "chunk:1: unexpected symbol near '='"
  end,
  loaded_long = function() return load(("x = 1 "):rep(200000)) == nil end,
  fenv = function() return getfenv(print) == _G or getfenv(print) ~= nil end,
  fenv_own = function() local f = setfenv(function() return x end, { x = 1 }) return f() == 1 end,
  metatable_print = function() return getmetatable(print) == nil end,
  metatable_string = function()
    local mt = getmetatable("")
    return mt.__index.upper("x") == "X" and not pcall(function() mt.x = 1 end)
  end,
  metatable_names = function()
    return getmetatable(rover) == "rover.library" and getmetatable(api) == "rover.server" and getmetatable(string) == "rover.library"
  end,
  collectgarbage = function() return collectgarbage("count") > 0 and collectgarbage() == 0 and collectgarbage("stop") == 0 end,
  pairs_of_library = function()
    local found = {}
    for name, f in pairs(string) do found[name] = type(f) end
    return found.format == "function" and found.find == "function"
  end,
  pairs_writes_a_copy = function()
    local _, copy = pairs(string)
    copy.format = nil
    return string.format("%d", 1) == "1" and ("x"):format() == "x"
  end,
  sort = function()
    local t = {}
    for i = 1, 1000 do t[i] = (i * 7919) % 1009 end
    table.sort(t)
    for i = 2, #t do if t[i - 1] > t[i] then return false end end
    table.sort(t, function(a, b) return a > b end)
    for i = 2, #t do if t[i - 1] < t[i] then return false end end
    return true
  end,
  sort_wrong = function()
    local _, message = pcall(table.sort, { 1, 2, 3, 4, 5 }, function() return true end)
    return message:find("invalid order function for sorting", 1, true) ~= nil
  end,
  insert = function()
    local t = { 1, 2 }
    table.insert(t, 3) table.insert(t, 1, 0) table.insert(t, #t + 1, nil)
    return table.concat(t, ",") == "0,1,2,3" and table.remove(t) == 3 and table.remove(t, 1) == 0
  end,
  foreach = function()
    local sum = 0
    local found = table.foreach({ a = 1, b = 2 }, function(_, v) sum = sum + v end)
    local at = table.foreachi({ 5, 6, 7 }, function(i, v) if v == 6 then return i end end)
    return found == nil and sum == 3 and at == 2 and not pcall(table.foreach, {}) and not pcall(table.foreachi, 1, type)
  end,
  move = function() return table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ",") == "1,1,2,3" end,
  coroutines = function()
    local f = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
    local co = coroutine.create(error)
    local ok, message = coroutine.resume(co, "x", 0)
    return f(1) == 2 and f(5) == 10 and not ok and message == "x" and coroutine.status(co) == "dead"
  end,
  wrap_error = function()
    local object = {}
    local _, same = pcall(coroutine.wrap(function() error(object) end))
    return same == object
  end,
  gsub = function() return (("hello world"):gsub("o", { o = "0" })) == "hell0 w0rld" end,
  rep = function() return ("ab"):rep(3, "-") == "ab-ab-ab" and ("x"):rep(-1) == "" and ("x"):rep(0) == "" end,
  nested_gsub = function()
    local function f(n) return n == 0 and "x" or (("x"):gsub("x", function() return f(n - 1) end)) end
    return f(50) == "x"
  end,
  nested_coroutines = function()
    local function f(n) return n == 0 and "x" or coroutine.wrap(function() return f(n - 1) end)() end
    return f(200) == "x"
  end,
  -- An error's way out takes time by the square of such calls.
  nested_format_is_bounded = function()
    local depth, mt = 0, {}
    mt.__tostring = function(t) depth = depth + 1 return ("%s"):format(t) end
    local ok, message = pcall(function() return ("%s"):format(setmetatable({}, mt)) end)
    return not ok and message:find("stack overflow", 1, true) ~= nil and depth > 100 and depth < 3000
  end,
  kept_ctx = function(ctx)
    local before = kept_ctx
    kept_ctx = ctx
    if not before then return true end
    return not pcall(rawset, before, 1, true) and not pcall(before.params, before)
  end,
  error_caught = function() local ok = pcall(error, ("x"):rep(4e6)) return not ok end,
  many_errors = function() for i = 1, 1000 do pcall(error, { i }) end return true end,
  gsub_errors = function()
    for _ = 1, 1000 do pcall(string.gsub, "x", "x", error) end
    return (("x"):gsub("x", "y")) == "y"
  end,
  date_absurd = function() return os.date("*t", 1e300) == nil or true end,
}
for name, f in pairs(reached) do fine["without_" .. name] = f end

-- Stopped as well; an assertion of LuaJIT's own, which debug builds have, does not hold.
local release = {
  pcall_nest = function() local function f() pcall(f) f() end f() end,
}

-- Errors whose text has no end: what asks for it is stopped by the handler's deadline.
local described = {
  tostring_loops = function() error(setmetatable({}, { __tostring = loop })) end,
}

local groups = { stop = stop, fail = fail, fine = fine, release = release, described = described }
function api.p_group.p_kind.get(ctx)
  local params = ctx:params()
  return groups[params.group][params.kind](ctx)
end
function api.fail.p_kind.get(ctx) return fail[ctx:params().kind](ctx) end
function api.fine.p_kind.get(ctx) return fine[ctx:params().kind](ctx) end
function api.kinds.p_group.get(ctx)
  local names = rover.array()
  for name in pairs(groups[ctx:params().group]) do names[#names + 1] = name end
  table.sort(names)
  return names
end
function api.good.get() return { good = true, n = 42 } end

return api
