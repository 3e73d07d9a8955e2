-- `rover.guard`: schemas. It runs at build, where a wrong chain is a build error, and in
-- every worker; what a schema is and means is written in Rust, for both.
--
-- `new(kind, ...)` and `with(schema, option, ...)` give what Rust made, or nil and what is
-- wrong; `check(value, schema)` gives the checked value, or nil and what is wrong;
-- `raise(text)` raises an error with the program's line.
local new, with, check, kinds, options, raise = ...
local getmetatable, select, setmetatable, tostring = getmetatable, select, setmetatable, tostring

local methods, schema_of = {}, nil

local function index(_, key)
  local method = methods[key]
  if method then return method end
  local _, wrong = with(schema_of(new("any")), tostring(key))
  raise(wrong)
end

local function refuse()
  raise("a schema cannot be assigned to: an option gives another one")
end

-- A schema never changes, and may be kept for all requests: it is an empty table, and what
-- Rust made stands in its metatable, [1], which no program gets.
function schema_of(made)
  return setmetatable({}, {
    made, __metatable = "rover.schema", __index = index, __newindex = refuse,
  })
end

for i = 1, #options do
  local option = options[i]
  methods[option] = function(self, ...)
    if getmetatable(self) ~= "rover.schema" then
      raise("`" .. option .. "` is called with a colon: `:" .. option .. "()`")
    end
    local made, wrong = with(self, option, ...)
    if not made then raise(wrong) end
    return schema_of(made)
  end
end

local guard, makers = {}, {}
for i = 1, #kinds do
  local kind = kinds[i]
  -- `g:string()` and `g.string()`
  makers[kind] = function(...)
    local made, wrong
    if ... == guard then made, wrong = new(kind, select(2, ...))
    else made, wrong = new(kind, ...) end
    if not made then raise(wrong) end
    return schema_of(made)
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
