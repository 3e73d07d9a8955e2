-- `string.gmatch`. A C function as the iterator would be another one in each loop, for which
-- LuaJIT does not compile the loop: these are closures of few functions, which it knows.
local patterns = ...
local values_of, next_match, refuse = patterns.gmatch_values, patterns.gmatch_next, patterns.gmatch_refuse
local type, tostring = type, tostring

local function many(s, pattern)
  local position = 0
  local function keep(at, ...)
    if at == nil then return end
    position = at
    return ...
  end
  return function() return keep(next_match(s, pattern, position)) end
end

-- An iterator by how many values a match has.
local iterators = {
  function(s, pattern)
    local position = 0
    return function()
      local at, a = next_match(s, pattern, position)
      if at == nil then return end
      position = at
      return a
    end
  end,
  function(s, pattern)
    local position = 0
    return function()
      local at, a, b = next_match(s, pattern, position)
      if at == nil then return end
      position = at
      return a, b
    end
  end,
  function(s, pattern)
    local position = 0
    return function()
      local at, a, b, c = next_match(s, pattern, position)
      if at == nil then return end
      position = at
      return a, b, c
    end
  end,
}

return function(...)
  local s, pattern = ...
  if type(s) == "number" then s = tostring(s) end
  if type(pattern) == "number" then pattern = tostring(pattern) end
  -- The error is one of the call to this function.
  if type(s) ~= "string" or type(pattern) ~= "string" then return refuse(...) end
  return (iterators[values_of(pattern)] or many)(s, pattern)
end
