-- `rover.guard`: schemas. It runs at build, where a wrong chain is a build error, and in
-- every worker; what a schema is and means is written in Rust, for both.
--
-- `new(kind, ...)` and `with(schema, option, ...)` give a schema, or nil and what is wrong;
-- `check(schema, value)` gives the checked value, or raises the error for the client;
-- `raise(text)` raises one with the program's line.
local new, with, check, kinds, options, raise = ...
local getmetatable, rawget, select, setmetatable, tostring =
  getmetatable, rawget, select, setmetatable, tostring

-- [1] what Rust made. A schema never changes: an option gives another one.
local Schema = { __metatable = "rover.schema" }

local methods = {}
for i = 1, #options do
  local option = options[i]
  methods[option] = function(self, ...)
    if getmetatable(self) ~= "rover.schema" then
      raise("`" .. option .. "` is called with a colon: `:" .. option .. "()`")
    end
    local schema, wrong = with(rawget(self, 1), option, ...)
    if not schema then raise(wrong) end
    return setmetatable({ schema }, Schema)
  end
end

function Schema.__index(_, key)
  local method = methods[key]
  if method then return method end
  local _, wrong = with(new("any"), tostring(key))
  raise(wrong)
end

function Schema.__newindex()
  raise("a schema cannot be assigned to: an option gives another one")
end

local guard, makers = {}, {}
for i = 1, #kinds do
  local kind = kinds[i]
  -- `g:string()` and `g.string()`
  makers[kind] = function(...)
    local schema, wrong
    if ... == guard then schema, wrong = new(kind, select(2, ...))
    else schema, wrong = new(kind, ...) end
    if not schema then raise(wrong) end
    return setmetatable({ schema }, Schema)
  end
end

return setmetatable(guard, {
  __metatable = "rover.guard",
  __call = function(_, value, schema)
    local result, wrong = check(value, schema)
    if wrong then raise(wrong) end
    return result
  end,
  __index = function(_, key)
    local make = makers[key]
    if make then return make end
    local _, wrong = new(tostring(key))
    raise(wrong)
  end,
  __newindex = function() raise("rover.guard cannot be assigned to") end,
})
