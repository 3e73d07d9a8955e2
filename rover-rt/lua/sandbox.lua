-- The sandbox: what stays of the standard library, and what programs get of it.
local R = ...
local native, load_chunk = R.native, R.load_chunk

local error, tostring, select, setmetatable = error, tostring, select, setmetatable
local byte, concat = string.byte, table.concat
local raw_load, raw_loadstring = load, loadstring
local loaded = {}
local unavailable = setmetatable({}, { __index = function(_, key)
  error("io." .. tostring(key) .. " is not available in this version", 2)
end })

local globals = _G
for _, name in pairs { "debug", "package", "module", "dofile", "loadfile", "jit", "newproxy", "ffi" } do
  globals[name] = nil
end
string.dump = nil
for name, f in pairs(R.patterns) do string[name] = f end
local os_kept = { time = os.time, date = os.date, clock = os.clock, getenv = os.getenv, difftime = os.difftime }
globals.os = os_kept
globals.io = unavailable
globals.rover = R.rover
globals.__rover = R.direct
globals.load = function(chunk, name, _, env)
  if env ~= nil then return raw_load(chunk, name, "t", env) end
  return raw_load(chunk, name, "t")
end
globals.loadstring = function(text, name)
  if byte(text, 1) == 27 then return nil, "bytecode is not loaded" end
  return raw_loadstring(text, name)
end
globals.print = function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  native.log(1, concat(parts, "\t"))
end
globals.require = function(name)
  local value = loaded[name]
  if value ~= nil then return value end
  local chunk = load_chunk(name)
  if not chunk then error("module '" .. tostring(name) .. "' is not part of the program", 2) end
  loaded[name] = true
  value = chunk(name)
  if value ~= nil then loaded[name] = value end
  return loaded[name]
end
