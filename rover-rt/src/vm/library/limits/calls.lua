-- Calls of everything in the library that programs reach, with values that it does not expect
-- in one argument after the other. The file runs in a program and in LuaJIT as it is.
local calls = {}

local function all(...) return { n = select("#", ...), ... } end
local function upvalue() return all end
local function raises() error("raised", 0) end
local function identity(...) return ... end

-- A function's name, a call of it, and arguments that it takes. The call is no tail call, so
-- that errors name this file's lines. `own` says why the answer is not LuaJIT's.
local functions = {
  { "assert", function(...) return all(assert(...)) end, function() return true, "message" end },
  { "collectgarbage", function(...) return all(collectgarbage(...)) end, function() return "count", 1 end,
    own = "collections are the runtime's" },
  { "error", function(...) return all(error(...)) end, function() return "message", 1 end },
  { "getfenv", function(...) return all(getfenv(...)) end, function() return 1 end, own = "the globals differ" },
  { "getmetatable", function(...) return all(getmetatable(...)) end, function() return {} end,
    own = "that of strings is locked" },
  { "ipairs", function(...) return all(ipairs(...)) end, function() return { 1, 2 } end },
  { "load", function(...) return all(load(...)) end, function() return "return 1", "name", "t", {} end,
    own = "texts are bounded, and bytecode is not loaded" },
  { "loadstring", function(...) return all(loadstring(...)) end, function() return "return 1", "name" end,
    own = "texts are bounded, and bytecode is not loaded" },
  { "next", function(...) return all(next(...)) end, function() return { 1, 2 }, 1 end },
  { "pairs", function(...) return all(pairs(...)) end, function() return { 1, 2 } end },
  { "pcall", function(...) return all(pcall(...)) end, function() return identity, 1, 2 end },
  { "print", function(...) return all(print(...)) end, function() return "printed" end, own = "it writes to the log" },
  { "rawequal", function(...) return all(rawequal(...)) end, function() return 1, 2 end },
  { "rawget", function(...) return all(rawget(...)) end, function() return { 1, 2 }, 1 end },
  { "rawlen", function(...) return all(rawlen(...)) end, function() return { 1, 2 } end },
  { "rawset", function(...) return all(rawset(...)) end, function() return { 1, 2 }, 1, 3 end },
  { "require", function(...) return all(rawget(_G, "require")(...)) end, function() return "nothing" end,
    own = "modules are bundled" },
  { "select", function(...) return all(select(...)) end, function() return 2, "a", "b" end },
  { "setfenv", function(...) return all(setfenv(...)) end, function() return upvalue, {} end,
    own = "the runtime's functions are kept" },
  { "setmetatable", function(...) return all(setmetatable(...)) end, function() return {}, {} end },
  { "tonumber", function(...) return all(tonumber(...)) end, function() return "10", 16 end },
  { "tostring", function(...) return all(tostring(...)) end, function() return 1 end },
  { "type", function(...) return all(type(...)) end, function() return 1 end },
  { "unpack", function(...) return all(unpack(...)) end, function() return { 1, 2, 3 }, 1, 3 end },
  { "xpcall", function(...) return all(xpcall(...)) end, function() return identity, identity, 1 end },

  { "string.byte", function(...) return all(string.byte(...)) end, function() return "abc", 1, 3 end },
  { "string.char", function(...) return all(string.char(...)) end, function() return 65, 66, 67 end },
  { "string.find", function(...) return all(string.find(...)) end, function() return "abcabc", "(b)c", 1, false end },
  { "string.find plain", function(...) return all(string.find(...)) end, function() return "abcabc", "bc", 1, true end },
  { "string.format %s", function(...) return all(string.format(...)) end, function() return "%s %q", "a", "b" end },
  { "string.format %d", function(...) return all(string.format(...)) end, function() return "%d %5.2f %x", 1, 2, 3 end },
  { "string.format %c", function(...) return all(string.format(...)) end, function() return "%c %i %u", 65, 2, 3 end },
  { "string.format %g", function(...) return all(string.format(...)) end, function() return "%g %a %99.99f", 65, 2, 3 end },
  { "string.format %o", function(...) return all(string.format(...)) end, function() return "%o %X %e", 65, 2, 3 end },
  { "string.format %p", function(...) return all(string.format(...)) end, function() return "%.3s %-20s %5s", "a", "b", "c" end },
  { "string.gmatch", function(...) return all(string.gmatch(...)()) end, function() return "abcabc", "(b)(c)" end },
  { "string.gsub text", function(...) return all(string.gsub(...)) end, function() return "abcabc", "(b)c", "%1x", 1 end },
  { "string.gsub function", function(...) return all(string.gsub(...)) end, function() return "abcabc", "(b)c", identity, 1 end },
  { "string.gsub table", function(...) return all(string.gsub(...)) end, function() return "abcabc", "(b)c", { b = "x" }, 1 end },
  { "string.gsub empty", function(...) return all(string.gsub(...)) end, function() return "abcabc", "", identity, 3 end },
  { "string.len", function(...) return all(string.len(...)) end, function() return "abc" end },
  { "string.lower", function(...) return all(string.lower(...)) end, function() return "ABC" end },
  { "string.match", function(...) return all(string.match(...)) end, function() return "abcabc", "(b)(c)", 1 end },
  { "string.rep", function(...) return all(string.rep(...)) end, function() return "abc", 3, "-" end },
  { "string.reverse", function(...) return all(string.reverse(...)) end, function() return "abc" end },
  { "string.sub", function(...) return all(string.sub(...)) end, function() return "abc", 1, 2 end },
  { "string.upper", function(...) return all(string.upper(...)) end, function() return "abc" end },
  { "string method", function(s, ...) return all(s:sub(...)) end, function() return "abc", 1, 2 end },

  { "table.concat", function(...) return all(table.concat(...)) end, function() return { 1, "b", 3 }, "-", 1, 3 end },
  { "table.foreach", function(...) return all(table.foreach(...)) end, function() return { 1, 2 }, identity end },
  { "table.foreachi", function(...) return all(table.foreachi(...)) end, function() return { 1, 2 }, identity end },
  { "table.getn", function(...) return all(table.getn(...)) end, function() return { 1, 2 } end },
  { "table.insert", function(...) return all(table.insert(...)) end, function() return { 1, 2, 3 }, 2, "x" end },
  { "table.insert last", function(...) return all(table.insert(...)) end, function() return { 1, 2, 3 }, "x" end },
  { "table.maxn", function(...) return all(table.maxn(...)) end, function() return { 1, 2 } end },
  { "table.move", function(...) return all(table.move(...)) end, function() return { 1, 2, 3 }, 1, 2, 2, { 4, 5, 6 } end },
  { "table.pack", function(...) return all(table.pack(...)) end, function() return 1, 2 end },
  { "table.remove", function(...) return all(table.remove(...)) end, function() return { 1, 2, 3 }, 2 end },
  { "table.sort", function(...) return all(table.sort(...)) end, function()
    return { 3, 1, 2 }, function(a, b) return a < b end
  end },
  { "table.unpack", function(...) return all(table.unpack(...)) end, function() return { 1, 2, 3 }, 1, 3 end },

  { "coroutine.create", function(...) return all(coroutine.create(...)) end, function() return identity end },
  { "coroutine.isyieldable", function(...) return all(coroutine.isyieldable(...)) end, function() return 1 end },
  { "coroutine.resume", function(...) return all(coroutine.resume(...)) end, function()
    return coroutine.create(identity), 1, 2
  end },
  { "coroutine.running", function(...) return all(coroutine.running(...)) end, function() return 1 end,
    own = "a request runs in a coroutine" },
  { "coroutine.status", function(...) return all(coroutine.status(...)) end, function()
    return coroutine.create(identity)
  end },
  { "coroutine.wrap", function(f, ...) return all(coroutine.wrap(f)(...)) end, function() return identity, 1 end },
  { "coroutine.yield", function(...)
    local values = { ... }
    local n = select("#", ...)
    return all(coroutine.wrap(function() return coroutine.yield(unpack(values, 1, n)) end)())
  end, function() return 1, 2 end },

  { "os.clock", function(...) return all(os.clock(...)) end, function() return 1 end, own = "time passes" },
  { "os.date", function(...) return all(os.date(...)) end, function() return "!%Y-%m-%d", 0 end },
  { "os.date table", function(...) return all(os.date(...)) end, function() return "!*t", 0 end },
  { "os.difftime", function(...) return all(os.difftime(...)) end, function() return 2, 1 end },
  { "os.getenv", function(...) return all(os.getenv(...)) end, function() return "NO_SUCH_VARIABLE" end },
  { "os.time", function(...) return all(os.time(...)) end, function() return { year = 2000, month = 1, day = 1 } end,
    own = "time passes" },
}
for _, field in ipairs { "year", "month", "day", "hour", "min", "sec" } do
  functions[#functions + 1] = {
    "os.time " .. field,
    function(value)
      local when = { year = 2000, month = 1, day = 1, hour = 12, min = 1, sec = 1 }
      when[field] = value
      return all(os.time(when))
    end,
    function() return 5 end,
  }
end
for _, name in ipairs {
  "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "frexp", "log", "log10",
  "modf", "rad", "sin", "sinh", "sqrt", "tan", "tanh",
} do
  local f = math[name]
  functions[#functions + 1] = { "math." .. name, function(...) return all(f(...)) end, function() return 0.5 end }
end
for _, name in ipairs { "atan2", "fmod", "ldexp", "max", "min", "pow" } do
  local f = math[name]
  functions[#functions + 1] = { "math." .. name, function(...) return all(f(...)) end, function() return 3, 2 end }
end
for _, name in ipairs { "random", "randomseed" } do
  local f = math[name]
  functions[#functions + 1] = {
    "math." .. name, function(...) return all(f(...)) end, function() return 1, 6 end, own = "chance",
  }
end
for _, name in ipairs { "band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror", "tohex" } do
  local f = bit[name]
  functions[#functions + 1] = { "bit." .. name, function(...) return all(f(...)) end, function() return 3, 2 end }
end
for _, name in ipairs { "bnot", "bswap", "tobit" } do
  local f = bit[name]
  functions[#functions + 1] = { "bit." .. name, function(...) return all(f(...)) end, function() return 3 end }
end

local function deep(levels)
  local t = {}
  for _ = 1, levels do t = { t } end
  return t
end
local function cycle()
  -- One key: the order of two would be another in each VM.
  local t = {}
  t[1] = t
  return t
end
local raising = {}
for _, event in ipairs {
  "index", "newindex", "call", "len", "eq", "lt", "le", "concat", "unm", "add", "tostring", "pairs", "ipairs",
} do
  raising["__" .. event] = raises
end
local long, list
local values = {
  { "nil", function() end },
  { "false", function() return false end },
  { "true", function() return true end },
  { "nan", function() return 0 / 0 end },
  { "inf", function() return 1 / 0 end },
  { "-inf", function() return -1 / 0 end },
  { "0", function() return 0 end },
  { "-0", function() return -0 end },
  { "-1", function() return -1 end },
  { "0.5", function() return 0.5 end },
  { "1.5", function() return 1.5 end },
  { "-2.5", function() return -2.5 end },
  { "300", function() return 300 end },
  { "2^31-1", function() return 2 ^ 31 - 1 end },
  { "2^31", function() return 2 ^ 31 end },
  { "-2^31", function() return -2 ^ 31 end },
  { "-2^31-1", function() return -2 ^ 31 - 1 end },
  { "2^32", function() return 2 ^ 32 end },
  { "2^32+2", function() return 2 ^ 32 + 2 end },
  { "2^53", function() return 2 ^ 53 end },
  { "2^63", function() return 2 ^ 63 end },
  { "1e308", function() return 1e308 end },
  { "-1e308", function() return -1e308 end },
  { "'2'", function() return "2" end },
  { "'2^31'", function() return "2147483648" end },
  { "'0x1p31'", function() return "0x1p31" end },
  { "'inf'", function() return "inf" end },
  { "empty text", function() return "" end },
  { "binary text", function() return "\0\255\27[2J\r\n%" end },
  { "long text", function()
    long = long or ("x"):rep(200000)
    return long
  end },
  { "empty table", function() return {} end },
  { "deep table", function() return deep(1000) end },
  { "cycle", cycle },
  { "sparse table", function() return { [1] = 1, [2 ^ 31 - 1] = 2, [2 ^ 53] = 3, [-1] = 4, [0.5] = 5 } end },
  { "long list", function()
    list = {}
    for i = 1, 20000 do list[i] = i end
    return list
  end },
  { "raising table", function() return setmetatable({}, raising) end },
  { "function", function() return identity end },
  { "raising function", function() return raises end },
  { "native", function() return string.len end },
  { "coroutine", function() return coroutine.create(identity) end },
  { "dead coroutine", function()
    local co = coroutine.create(identity)
    coroutine.resume(co)
    return co
  end },
}

-- A value, and what is in a table, as a text that is the same everywhere.
local shown
function shown(value, inside)
  local kind = type(value)
  if kind == "number" then
    if value ~= value then return "nan" end
    return ("%.17g"):format(value)
  elseif kind == "string" then
    if #value > 200 then return #value .. " bytes, " .. shown(value:sub(1, 20)) end
    return (("%q"):format((value:gsub("0x%x%x%x%x%x+", "ADDRESS")))
      :gsub("[\128-\255]", function(c) return "\\" .. c:byte() end))
  elseif kind ~= "table" then
    return kind == "boolean" and tostring(value) or kind
  elseif inside then return kind end
  local entries, n = {}, 0
  for key, entry in next, value do
    n = n + 1
    if n <= 20 then entries[n] = shown(key, true) .. "=" .. shown(entry, true) end
  end
  if n > 20 then return "table of " .. n end
  table.sort(entries)
  return "{" .. table.concat(entries, " ") .. "}"
end

-- Calls a function with a value in an argument's place, or with no more than the arguments before
-- it. Gives what it returns or raises, and what became of its first argument.
local function call(f, position, value)
  local arguments = all(f[3]())
  local n = math.max(arguments.n, position)
  if value then arguments[position] = value[2]() else n = position - 1 end
  local ok, result = pcall(f[2], unpack(arguments, 1, n))
  if not ok then return "raises " .. shown(result) end
  local parts = {}
  for i = 1, math.min(result.n, 20) do parts[i] = shown(result[i]) end
  return ("gives %d: %s; %s"):format(result.n, table.concat(parts, ", "), shown(arguments[1]))
end

-- Calls that LuaJIT's own functions do not end in a second or in a gigabyte: they lay out a
-- table down to any position, go through it, or make a string of that length; or that are
-- documented to be bounded.
local endless = {
  ["os.date 1"] = function(value) return type(value) == "string" and #value > 4096 end,
  ["os.date table 1"] = function(value) return type(value) == "string" and #value > 4096 end,
  ["table.insert 2"] = function(value)
    local at = tonumber(value)
    return at and (at < 1 or at ~= at or at >= 2 ^ 31 - 1)
  end,
  ["table.move 2"] = tonumber, ["table.move 3"] = tonumber, ["table.move 4"] = tonumber,
  ["string.rep 2"] = function(value) return (tonumber(value) or 0) >= 2 ^ 31 - 1 end,
}

-- All calls: the number of a function, an argument's place, the number of a value, which is 0
-- where the arguments end. One place more is tried than the function takes arguments.
local made = {}
for at, f in ipairs(functions) do
  for position = 1, all(f[3]()).n + 1 do
    for value = 0, #values do made[#made + 1] = { at, position, value } end
  end
end
calls.functions, calls.values, calls.count = #functions, #values, #made

function calls.make(number)
  local at = made[number]
  return call(functions[at[1]], at[2], values[at[3]])
end

-- What a call is, whether its answer is another than LuaJIT's, and whether LuaJIT takes too long.
function calls.about(number)
  local at = made[number]
  local f, value = functions[at[1]], values[at[3]]
  if not value then return f[1] .. ", no argument " .. at[2], f.own ~= nil, false end
  local ends = endless[f[1] .. " " .. at[2]]
  return f[1] .. ", argument " .. at[2] .. " is " .. value[1], f.own ~= nil, ends and ends((value[2]())) and true or false
end
return calls
