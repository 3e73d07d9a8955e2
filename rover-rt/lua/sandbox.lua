-- The sandbox: what stays of the standard library, and what programs get of it.
local R = ...
local native, lock = R.native, R.lock

local raise, tostring, select = R.raise, tostring, select
local type, pairs, getmetatable = type, pairs, getmetatable
local concat, getinfo = table.concat, debug.getinfo
local raw_rawset, raw_setfenv = rawset, setfenv
local owned, refuse_raw = R.owned, R.refuse_raw

local modules = R.part("modules") {
  load_chunk = R.load_chunk,
  library = R.library,
  raise = raise,
  getinfo = getinfo,
  traceback = debug.traceback,
  table_new = require "table.new",
  table_clear = R.table_clear,
  io = R.io,
  is_loaded = function() return R.is_loaded end,
  jit = { version = jit.version, version_num = jit.version_num, os = jit.os, arch = jit.arch },
}

local globals = _G
globals.os = { time = os.time, date = os.date, clock = os.clock, getenv = R.getenv, difftime = os.difftime }
globals.rover = R.rover
globals.load, globals.loadstring, globals.collectgarbage = R.load, R.loadstring, R.collectgarbage
globals.tonumber = R.tonumber
globals.print = function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  native.log(1, concat(parts, "\t"))
end
modules.install()

globals.rawset = function(...)
  local t, key = ...
  if owned[getmetatable(t)] then refuse_raw(t, "rawset", key) end
  return raw_rawset(...)
end

-- The runtime's functions keep their environment, and so does the request's thread.
globals.setfenv = function(target, env)
  local level = type(target) == "number" and target
  if level == 0 then raise("the environment of a thread cannot be changed") end
  local info
  if level and level > 0 then
    info = getinfo(level + 1, "S")
  elseif type(target) == "function" then
    info = getinfo(target, "S")
  end
  if info and info.source == "=rover" then
    raise("the environment of the runtime's functions cannot be changed")
  end
  return raw_setfenv(target, env)
end

local libraries = {}
for _, name in pairs { "string", "table", "math", "bit", "coroutine", "os" } do
  libraries["the library table '" .. name .. "'"] = globals[name]
end
libraries.rover, libraries["rover.log"], libraries["rover.json"] = R.rover, R.rover.log, R.json.json
libraries["rover.fs"] = R.fs
for name, t in pairs(R.coding) do libraries["rover." .. name] = t end
libraries["rover.crypto"], libraries["rover.password"], libraries["rover.jwt"] = R.crypto, R.password, R.jwt

-- Programs may change the library while they load. Then they have what they changed it to,
-- and no request can change it for the next.
function R.lock_library()
  for what, t in pairs(libraries) do lock(what, t) end
  R.lock_strings()
  modules.lock(lock)
end
