-- The sandbox: what stays of the standard library, and what programs get of it.
local R = ...
local native, load_chunk = R.native, R.load_chunk

local error, tostring, select, setmetatable = error, tostring, select, setmetatable
local type, next, pairs, format = type, next, pairs, string.format
local concat, getinfo = table.concat, debug.getinfo
local raw_rawset, raw_setfenv = rawset, setfenv
local string_metatable = getmetatable("")
local loaded = {}
local unavailable = setmetatable({}, { __index = function(_, key)
  error("io." .. tostring(key) .. " is not available in this version", 2)
end, __metatable = "rover.io" })

local globals = _G
for _, name in pairs { "debug", "package", "module", "dofile", "loadfile", "jit", "newproxy", "ffi" } do
  globals[name] = nil
end
string.dump = nil
local os_kept = { time = os.time, date = os.date, clock = os.clock, getenv = os.getenv, difftime = os.difftime }
globals.os = os_kept
globals.io = unavailable
globals.rover = R.rover
globals.load, globals.loadstring, globals.collectgarbage = R.load, R.loadstring, R.collectgarbage
globals.tonumber = R.tonumber
globals.print = function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  native.log(1, concat(parts, "\t"))
end
globals.require = function(name)
  if type(name) == "number" then name = tostring(name) end
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'require' (string expected, got %s)", type(name)), 2)
  end
  local value = loaded[name]
  if value ~= nil then return value end
  local chunk = load_chunk(name)
  if not chunk then error("module '" .. tostring(name) .. "' is not part of the program", 2) end
  loaded[name] = true
  value = chunk(name)
  if value ~= nil then loaded[name] = value end
  return loaded[name]
end

-- What one request writes into the library the next would find there: programs get tables
-- that cannot be written. The library's own are behind them.
local locked = setmetatable({}, { __mode = "k" })
local function lock(what, t)
  local proxy = {}
  locked[proxy] = what
  return setmetatable(proxy, {
    __index = t,
    __newindex = function(_, key)
      error(format("%s cannot be changed (assignment to '%s')", what, tostring(key)), 2)
    end,
    __pairs = function()
      local copy = {}
      for key, value in next, t do copy[key] = value end
      return next, copy
    end,
    __metatable = "rover.library",
  })
end
for _, name in ipairs { "string", "table", "math", "bit", "coroutine", "os" } do
  globals[name] = lock("the library table '" .. name .. "'", globals[name])
end
string_metatable.__metatable = lock("the metatable of strings", { __index = globals.string })

globals.rawset = function(t, key, value)
  local what = locked[t]
  if what then error(format("%s cannot be changed (rawset of '%s')", what, tostring(key)), 2) end
  return raw_rawset(t, key, value)
end

-- The runtime's functions keep their environment, and so does the request's thread.
globals.setfenv = function(target, env)
  local level = type(target) == "number" and target
  if level == 0 then error("the environment of a thread cannot be changed", 2) end
  local info
  if level and level > 0 then
    info = getinfo(level + 1, "S")
  elseif type(target) == "function" then
    info = getinfo(target, "S")
  end
  if info and info.source == "=rover" then
    error("the environment of the runtime's functions cannot be changed", 2)
  end
  return raw_setfenv(target, env)
end
