-- `rover.env`: variables of the environment. It runs at build, where there are none, and in
-- every worker.
--
-- `getenv(name)` gives a variable's text, or nil; `check(schemas)` gives the values of those that
-- the schemas name, or nil and what is wrong with the schemas; `raise(text)` raises an error with
-- the program's line; `is_loaded()` says whether the program has loaded.
local getenv, check, raise, is_loaded = ...
local type = type

local READ = "rover.env cannot be assigned to: the environment is only read"

return setmetatable({}, {
  __metatable = "rover.env",
  __index = function(_, name)
    if type(name) == "string" then return getenv(name) end
  end,
  __newindex = function() raise(READ) end,
  __call = function(_, schemas)
    if is_loaded() then
      raise("rover.env { ... } stands at the top level of a file: the environment is checked at the start")
    end
    if type(schemas) ~= "table" then
      raise("rover.env takes a table of names and schemas, got " .. (schemas == nil and "nothing" or "a " .. type(schemas)))
    end
    local values, wrong = check(schemas)
    if wrong then raise("rover.env: " .. wrong) end
    return values
  end,
})
