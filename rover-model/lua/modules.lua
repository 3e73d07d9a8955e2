-- `require`, and the libraries of LuaJIT that programs get in parts: `package`, `debug`,
-- `jit`, `io`. It runs in the compiler's VM and in the workers'.
--
-- `host` has `load_chunk`, which gives a bundled module's chunk by name; `getinfo` and
-- `traceback`; `table_new` and `table_clear`; `raise(text)`, which raises an error with the
-- program's line; and where files can be waited for `io`, and `is_loaded`, which says whether the
-- program has been loaded.
local host = ...
local load_chunk, getinfo, traceback = host.load_chunk, host.getinfo, host.traceback
local raise, error, type, tostring, pcall, select, pairs = host.raise, error, type, tostring, pcall, select, pairs
local globals, gsub, format, concat = _G, string.gsub, string.format, table.concat

local M = {}

local own_io, is_loaded = host.io, host.is_loaded

-- Where a library is looked for that can be called, there is a function, which fails when it is:
-- files are waited for, which a program cannot do while it is loaded.
local function refusing(name)
  return function() raise(name .. " waits, which nothing can while the program loads") end
end
local io = {}
for _, name in pairs { "close", "flush", "input", "lines", "open", "output", "read", "tmpfile", "write" } do
  local refuse, own = refusing("io." .. name), own_io and own_io[name]
  io[name] = own and function(...)
    if is_loaded() then return own(...) end
    return refuse()
  end or refuse
end
io.type = own_io and own_io.type or function() return nil end
-- A library that looks for a file takes `nil` for its absence and goes on. What would be written,
-- and what a file of the program asks for itself while it loads, is refused loudly.
local open = io.open
function io.open(name, mode)
  if is_loaded and is_loaded() then return open(name, mode) end
  if type(name) ~= "string" and type(name) ~= "number" then
    raise(format("bad argument #1 to 'open' (string expected, got %s)", name == nil and "no value" or type(name)))
  end
  local reads = mode == nil or mode == "r" or mode == "rb"
  if not reads or getinfo(2, "S").what == "main" then open() end
  return nil, name .. ": files are not read while the program is loaded", 2
end
for _, name in pairs { "stdin", "stdout", "stderr" } do
  local methods = {}
  for _, method in pairs { "close", "flush", "lines", "read", "seek", "setvbuf", "write" } do
    local call = "io." .. name .. ":" .. method
    methods[method] = function() raise(call .. " is not available in this version") end
  end
  io[name] = setmetatable({}, {
    __index = methods, __metatable = "rover.file",
    __newindex = function() raise("a file cannot be assigned to") end,
  })
end

-- What reads: functions of the stack are not given out.
local debug = {}
function debug.getinfo(...)
  local thread, of, what = ...
  if type(thread) ~= "thread" then thread, of, what = nil, ... end
  if type(of) ~= "number" and type(of) ~= "function" then
    raise("bad argument #1 to 'getinfo' (function or level expected)")
  end
  what = gsub(what == nil and "nSlu" or tostring(what), "[fL]", "")
  local found
  if thread then found = getinfo(thread, of, what)
  elseif type(of) == "number" then found = getinfo(of + 1, what)
  else found = getinfo(of, what) end
  if found and type(of) == "function" then found.func = of end
  return found
end
debug.traceback = traceback
-- What is protected stays so.
debug.getmetatable = getmetatable

local function nothing() end
local jit = host.jit
jit.on, jit.off, jit.flush = nothing, nothing, nothing
function jit.status() return true end

local loaded, preload, loading = {}, {}, {}
local loaders = {
  function(name) return preload[name] end,
  function(name) return name ~= "" and load_chunk(name) or " no file of the program has this name" end,
}
local package = {
  loaded = loaded, preload = preload, loaders = loaders,
  config = "/\n;\n?\n!\n-\n", path = "./?.lua;./?/init.lua", cpath = "",
}

local function find(name)
  local tried = {}
  for i = 1, #loaders do
    local found = loaders[i](name)
    if type(found) == "function" then return found end
    if type(found) == "string" then tried[#tried + 1] = found end
  end
  raise(format("module '%s' not found:%s", name, concat(tried)))
end

function M.require(name)
  if type(name) == "number" then name = tostring(name) end
  if type(name) ~= "string" then
    local got = name == nil and "no value" or type(name)
    raise("bad argument #1 to 'require' (string expected, got " .. got .. ")")
  end
  local value = loaded[name]
  if value then return value end
  if loading[name] then raise("loop or previous error loading module '" .. name .. "'") end
  local chunk = find(name)
  -- A module that fails is tried again: the next request did nothing wrong.
  loading[name] = true
  local ok, result = pcall(chunk, name)
  loading[name] = nil
  if not ok then error(result, 0) end
  if result ~= nil then loaded[name] = result end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name]
end

-- Takes away what has no row in the vocabulary.
local function prune(prefix, t)
  for name in pairs(t) do
    if not host.library[prefix .. tostring(name)] then t[name] = nil end
  end
end

-- Puts all of it where programs look for it, and nothing else; to be called when the other
-- libraries are what they are for programs.
function M.install()
  globals.io, globals.debug, globals.jit, globals.package = io, debug, jit, package
  globals.require = M.require
  for _, name in pairs { "string", "table", "math", "bit", "coroutine", "os", "io", "debug", "jit", "package" } do
    loaded[name] = globals[name]
    prune(name .. ".", globals[name])
  end
  prune("", globals)
  loaded._G, loaded["table.new"], loaded["table.clear"] = globals, host.table_new, host.table_clear
end

-- Makes it read-only: `lock(what, t)` gives what was in a table.
function M.lock(lock)
  loaded, preload = lock("package.loaded", loaded), lock("package.preload", preload)
  loaders = lock("package.loaders", loaders)
  for name, t in pairs { io = io, debug = debug, jit = jit, package = package } do
    lock("the library table '" .. name .. "'", t)
  end
end

return M
