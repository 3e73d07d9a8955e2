-- What programs get of the standard library while their routes are collected, and `rover`, whose
-- functions do nothing then.
--
-- It gives a function that says whether what the rewriting relies on is still LuaJIT's own.
local server, modules, builder_names, null, guard, components, library, getenv, wait, env, database, stores, admission, secrets = ...
local g = _G
-- The program may change the library while it runs.
local error, tostring, type, setmetatable = error, tostring, type, setmetatable
local byte, time, date, raw_load, raw_loadstring = string.byte, os.time, os.date, load, loadstring
local format, insert, ipairs, pairs = string.format, table.insert, ipairs, pairs

local made
-- Calling a builder gives an object whose methods give it again.
-- It stands for templates and what they give, too.
local object
local function build() return object end
object = setmetatable({}, {
  __index = function() return build end, __call = build, __concat = build,
  __tostring = function() return "" end, __len = function() return 0 end,
  __metatable = "rover.response",
})
-- Using a builder's name as a route is recorded, for the compiler to complain about.
local function builder(name)
  return setmetatable({}, {
    __call = build,
    __index = function(_, key)
      if key == "status" or key == "permanent" then return build end
      return server.child(made, name)[key]
    end,
    __newindex = function(_, key, value) server.child(made, name)[key] = value end,
  })
end
local builders = {}
for i = 1, #builder_names do builders[builder_names[i]] = builder(builder_names[i]) end
local nothing = function() end
local rover = setmetatable({
  null = null,
  guard = guard,
  env = env,
  array = library.array,
  json = library.json,
  html = setmetatable(components, { __call = build }),
  template = build,
  log = { debug = nothing, info = nothing, warn = nothing, error = nothing },
}, { __index = function(_, key)
  error("rover." .. tostring(key) .. " is not available in this version", 2)
end })
function rover.server(options)
  if made then error("rover.server was called twice", 2) end
  if options ~= nil and type(options) ~= "table" then
    error("rover.server takes a table of options, got a " .. type(options), 2)
  end
  made = server.new(options or {}, builders)
  return made
end
-- The clock stands and the environment is empty: a build gives the same routes always.
g.os = {
  time = function(t) return t and time(t) or 0 end,
  date = function(form, at) return date(form, at or 0) end,
  clock = function() return 0 end,
  getenv = getenv,
  difftime = os.difftime,
}
g.load = function(chunk, name, _, env)
  if env ~= nil then return raw_load(chunk, name, "t", env) end
  return raw_load(chunk, name, "t")
end
g.loadstring = function(text, name)
  if type(text) ~= "string" then
    error(format("bad argument #1 to 'loadstring' (string expected, got %s)", type(text)), 2)
  end
  if byte(text, 1) == 27 then return nil, "bytecode is not loaded" end
  return raw_loadstring(text, name)
end
g.print = nothing
g.rover = rover
function server.is_made() return made ~= nil end
for name, words in pairs(secrets) do rover[name] = words end
modules.install()
wait(rover, g.io, g.debug.getinfo)
database(rover)
stores(rover)
admission(rover)
local library_table = table
return function()
  return g.table == library_table and library_table.insert == insert and g.ipairs == ipairs and g.pairs == pairs
end
