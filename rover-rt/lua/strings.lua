-- The functions that make strings: how long a string they may make, with an error that names
-- the function, and long ones in pieces, between which the clock is looked at.
local R = ...
local limits, check, longest, integer = R.limits, R.direct.check, R.longest, R.integer

local raise, type, select, tostring, tonumber = R.raise, type, select, tostring, tonumber
local pcall, rawget, rawlen = pcall, rawget, rawlen
local floor, format, rep, sub = math.floor, string.format, string.rep, string.sub
local concat, find, gsub, date = table.concat, string.find, string.gsub, os.date
local charge, format_length = limits.charge, limits.format_length
local new_buffer = require("string.buffer").new

-- Strings of less than this are made, or read, in one step.
local PIECE = 65536
-- Tables with more elements are joined one by one.
local FEW = 4096

local function too_long(name, bytes)
  raise(format("%s: the result would have %.0f bytes, more than %.0f", name, bytes, longest))
end

local function rep_long(s, n, separator)
  local unit = separator and s .. separator or s
  local length = #unit * n
  local out = new_buffer(length)
  -- The last one has no separator behind it.
  if separator then n = n - 1 end
  local each = floor(PIECE / #unit) + 1
  local piece = rep(unit, each)
  for _ = 1, floor(n / each) do
    check()
    out:put(piece)
  end
  out:put(rep(unit, n % each), separator and s or "")
  local text = out:tostring()
  out:free()
  return text
end

function string.rep(s, n, separator)
  local text = type(s) == "number" and tostring(s) or s
  local count = (type(n) == "number" or type(n) == "string") and tonumber(n)
  if type(text) == "string" and count then
    local gap = type(separator) == "number" and tostring(separator) or separator
    local between = type(gap) == "string" and #gap or 0
    local length = (#text + between) * floor(count) - between
    if length > PIECE and (gap == nil or type(gap) == "string") then
      if length > longest then too_long("rep", length) end
      return rep_long(text, floor(count), gap)
    end
  end
  return rep(s, n, separator)
end

-- The bytes that a joined table would have; what is no text counts nothing.
local function joined_length(t, separator, first, last)
  local bytes = #separator * (last - first)
  for i = first, last do
    if i % FEW == 0 then check() end
    local value = rawget(t, i)
    local kind = type(value)
    if kind == "string" then
      bytes = bytes + #value
    elseif kind == "number" then
      bytes = bytes + #tostring(value)
    else
      return bytes
    end
  end
  return bytes
end

local function concat_long(t, separator, first, last)
  local out, bytes = new_buffer(), 0
  for i = first, last do
    if i % FEW == 0 then check() end
    local value = rawget(t, i)
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" then
      raise(format("invalid value (%s) at index %d in table for 'concat'", kind, i))
    end
    if kind == "number" then value = tostring(value) end
    bytes = bytes + #value + (i < last and #separator or 0)
    if bytes > longest then too_long("concat", joined_length(t, separator, first, last)) end
    out:put(value)
    if i < last then out:put(separator) end
  end
  local text = out:tostring()
  out:free()
  return text
end

-- An error of LuaJIT's own function, as it would be without a `pcall` around.
local function concat_failed(message, t, separator, first, last)
  if message == "not enough memory" then
    check()
    local bytes = joined_length(t, separator, first, last)
    if bytes > longest then too_long("concat", bytes) end
  end
  raise((gsub(message, "to '%?'", "to 'concat'")))
end

-- LuaJIT's own function is compiled into a trace, which a loop over a few elements would end:
-- how long they are together is seen afterwards.
function table.concat(...)
  local t, separator, first, last = ...
  local between = separator
  if between == nil then between = "" elseif type(between) == "number" then between = tostring(between) end
  local from, to = first, last
  if from == nil then from = 1 elseif type(from) == "string" then from = tonumber(from) end
  if to == nil then to = type(t) == "table" and rawlen(t) elseif type(to) == "string" then to = tonumber(to) end
  -- The error is one of the call to this function.
  if type(t) ~= "table" or type(between) ~= "string" or type(from) ~= "number" or type(to) ~= "number" then
    return concat(...)
  end
  from, to = integer(from), integer(to)
  if to - from >= FEW then return concat_long(t, between, from, to) end
  local ok, text = pcall(concat, t, separator, from, to)
  if not ok then return concat_failed(text, t, between, from, to) end
  if #text > longest then too_long("concat", #text) end
  if #text > PIECE then check() end
  return text
end

local function is_long(value) return type(value) == "string" and #value > PIECE end

function string.format(...)
  local f, a, b, c, d, e, g = ...
  if type(f) == "string" then
    if select("#", ...) > 7 or #f > PIECE or is_long(a) or is_long(b) or is_long(c)
      or is_long(d) or is_long(e) or is_long(g) then
      -- The result may be known, so that no memory is asked for, which looks at the clock, too.
      check()
      local bytes = format_length(...)
      if bytes > longest then too_long("format", bytes) end
    end
  end
  return format(...)
end

-- What is as long as what it is made from.
for _, name in ipairs { "lower", "upper" } do
  local short = string[name]
  string[name] = function(...)
    local s = ...
    if not is_long(s) then return short(...) end
    local out = new_buffer(#s)
    for at = 1, #s, PIECE do
      check()
      out:put(short(sub(s, at, at + PIECE - 1)))
    end
    local text = out:tostring()
    out:free()
    return text
  end
end

local reverse = string.reverse
function string.reverse(...)
  local s = ...
  if not is_long(s) then return reverse(...) end
  local out = new_buffer(#s)
  for last = #s, 1, -PIECE do
    check()
    out:put(reverse(sub(s, last > PIECE and last - PIECE + 1 or 1, last)))
  end
  local text = out:tostring()
  out:free()
  return text
end

-- What reads a string to its end.
function R.tonumber(...)
  local s = ...
  if type(s) == "string" and #s > 64 then charge(#s) end
  return tonumber(...)
end

-- The C library is asked up to four times, with a larger buffer each time.
function os.date(...)
  local f = ...
  if type(f) == "string" and #f > 4096 then
    raise("bad argument #1 to 'date' (the format is longer than 4096 bytes)")
  end
  return date(...)
end

-- LuaJIT compiles `find` where the text is looked for as it is: in a short one that takes no
-- longer than a step of ours does. Which patterns mean themselves is known for so many
-- short ones.
local patterns = R.patterns
string.match, string.gmatch = patterns.match, R.part("gmatch")(patterns)
string.gsub = R.part("gsub")(patterns, check, longest, raise)
local search = patterns.find
local SHORT, KNOWN = 1024, 256
local literal, known = {}, 0
local function is_literal(pattern)
  if known == KNOWN or #pattern > 64 then return false end
  known = known + 1
  local is = not search(pattern, "[%^%$%*%+%?%.%(%)%[%]%%%-]")
  literal[pattern] = is
  return is
end

function string.find(s, pattern, at, plain)
  if type(s) == "string" and type(pattern) == "string" and #s <= SHORT
    and (at == nil or type(at) == "number") then
    if not plain then
      plain = literal[pattern]
      if plain == nil then plain = is_literal(pattern) end
    end
    if plain then return find(s, pattern, at, true) end
    return search(s, pattern, at)
  end
  return search(s, pattern, at, plain)
end
