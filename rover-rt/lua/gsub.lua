-- `string.gsub`. Where a function or a table says what replaces a match, it is asked from
-- here: a coroutine can yield from there, which it cannot through a C function, calls nest as
-- any do, and the result's memory is Lua's.
local patterns, check, longest, raise = ...
local by_text, next_match = patterns.gsub, patterns.gsub_next
local ceil, floor = math.ceil, math.floor
local format, sub = string.format, string.sub
local tonumber, tostring, type = tonumber, tostring, type
local new_buffer = require("string.buffer").new

-- The longest result.
if longest > 33554432 then longest = 33554432 end

local budget = 1000

-- From where to where a match goes, and what replaces it.
local function called(f, first, last, ...)
  if first == nil then return end
  return first, last, (f(...))
end
local function by_function(f, s, pattern, at) return called(f, next_match(s, pattern, at)) end
local function by_table(t, s, pattern, at)
  -- Only the first capture counts, whatever the others are.
  local first, last, capture = next_match(s, pattern, at, 1)
  if first == nil then return end
  return first, last, t[capture]
end

local function replace(s, pattern, with, most, ask)
  local out, at, count = new_buffer(), 0, 0
  while count < most do
    budget = budget - 1
    if budget < 0 then budget = check() end
    local first, last, value = ask(with, s, pattern, at)
    if first == nil then break end
    count = count + 1
    if not value then
      out:put(sub(s, at + 1, last))
    else
      if first > at then out:put(sub(s, at + 1, first)) end
      local kind = type(value)
      if kind == "number" then value = tostring(value)
      elseif kind ~= "string" then raise(format("invalid replacement value (a %s)", kind)) end
      out:put(value)
    end
    at = last
    if last == first then
      if at == #s then break end
      at = at + 1
      out:put(sub(s, at, at))
    end
    if #out > longest then
      raise(format("gsub: the result would have more than %.0f bytes", longest))
    end
    if sub(pattern, 1, 1) == "^" then break end
  end
  out:put(sub(s, at + 1))
  local text = out:tostring()
  out:free()
  return text, count
end

-- As C converts it to an integer of 64 bits, and that to one of 32.
local function rounds(n)
  if not (n > -2 ^ 63 and n < 2 ^ 63) then return 0 end
  n = (n < 0 and ceil(n) or floor(n)) % 2 ^ 32
  return n < 2 ^ 31 and n or 0
end

return function(...)
  local s, pattern, with, most = ...
  local kind = type(with)
  if kind ~= "function" and kind ~= "table" then return by_text(...) end
  if type(s) == "number" then s = tostring(s) end
  if type(pattern) == "number" then pattern = tostring(pattern) end
  if most ~= nil and type(most) ~= "number" then most = type(most) == "string" and tonumber(most) or false end
  -- The error is one of the call to this function.
  if type(s) ~= "string" or type(pattern) ~= "string" or most == false then return by_text(...) end
  most = most and rounds(most) or #s + 1
  return replace(s, pattern, with, most, kind == "table" and by_table or by_function)
end
