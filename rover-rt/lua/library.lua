-- The parts of the standard library that would run for long or recurse where no budget sees
-- it, written so that one does. What makes strings is in `strings.lua`.
local R = ...
local limits, direct = R.limits, R.direct
local owned, refuse_raw, getmetatable = R.owned, R.refuse_raw, getmetatable

local error, raise, type, select, tostring, rawget, rawset = error, R.raise, type, select, tostring, rawget, rawset
local next, rawlen, tonumber = next, rawlen, tonumber
local ceil, floor, concat, byte = math.ceil, math.floor, table.concat, string.byte
local format, metatable_of = string.format, debug.getmetatable
local raw_load, resume, create, wrap = load, coroutine.resume, coroutine.create, coroutine.wrap
local raw = {}
for name, f in next, table do raw[name] = f end
local charge, check_stack, instrument = limits.charge, limits.check_stack, limits.instrument

local budget = 1000
local function spend()
  budget = budget - 1
  if budget < 0 then budget = direct.check() end
end

-- A number as LuaJIT's library takes it (`lj_num2int`): without its fraction, and the least of
-- all where it is no integer of 32 bits.
local function integer(n)
  if n > -2147483649 and n < 2147483648 then return n < 0 and ceil(n) or floor(n) end
  return -2147483648
end
R.integer = integer

-- Arguments of other types go to LuaJIT's own functions, which raise their errors. Lengths and
-- elements are raw where LuaJIT's are, and ask `__len` where those do.
local function is_number(value)
  return type(value) == "number" or type(value) == "string" and tonumber(value) ~= nil
end

function table.insert(...)
  local t, a = ...
  if owned[getmetatable(t)] then refuse_raw(t, "insert") end
  if type(t) == "table" and select("#", ...) == 3 and is_number(a) then
    -- LuaJIT would move what is not there, down to any position.
    local at = integer(tonumber(a))
    if at < 1 then
      raise("bad argument #2 to 'insert' (position out of bounds)")
    end
    local moved = rawlen(t) - at
    if moved > 256 then charge(moved) end
  end
  return raw.insert(...)
end

function table.remove(...)
  local t, at = ...
  if type(t) ~= "table" or at ~= nil and not is_number(at) then return raw.remove(...) end
  if owned[getmetatable(t)] then refuse_raw(t, "remove") end
  local n = #t
  if at == nil then
    if n == 0 then return end
    local last = rawget(t, n)
    rawset(t, n, nil)
    return last
  end
  at = tonumber(at)
  if at >= 1 and at <= n then
    local old = rawget(t, integer(at))
    for i = at + 1, n do
      spend()
      rawset(t, integer(i - 1), (rawget(t, integer(i))))
    end
    rawset(t, integer(n), nil)
    return old
  end
end

function table.move(...)
  local a, first, last, to, b = ...
  if b == nil then b = a end
  if type(a) ~= "table" or type(b) ~= "table"
    or not (is_number(first) and is_number(last) and is_number(to)) then
    return raw.move(...)
  end
  if owned[getmetatable(b)] then refuse_raw(b, "move") end
  first, last, to = tonumber(first), tonumber(last), tonumber(to)
  if last >= first then
    local distance = to - first
    if to > last or to <= first or a ~= b then
      for i = first, last do
        spend()
        rawset(b, integer(i + distance), (rawget(a, integer(i))))
      end
    else
      for i = last, first, -1 do
        spend()
        rawset(b, integer(i + distance), (rawget(a, integer(i))))
      end
    end
  end
  return b
end

-- LuaJIT's own would call any function so often, also one without a budget.
function table.foreach(...)
  local t, f = ...
  if type(t) ~= "table" or type(f) ~= "function" then return raw.foreach(...) end
  for key, value in next, t do
    spend()
    local result = f(key, value)
    if result ~= nil then return result end
  end
end

function table.foreachi(...)
  local t, f = ...
  if type(t) ~= "table" or type(f) ~= "function" then return raw.foreachi(...) end
  for i = 1, #t do
    spend()
    local result = f(i, (rawget(t, i)))
    if result ~= nil then return result end
  end
end

-- All of a table is looked at.
function table.maxn(...)
  local t = ...
  if type(t) ~= "table" then return raw.maxn(...) end
  local most = 0
  for key in next, t do
    spend()
    if type(key) == "number" and key > most then most = key end
  end
  return most
end

-- LuaJIT's quicksort (`lib_table.c`), step by step, so that the order of equal elements is
-- its own. Sorting in Lua has budgets, is compiled, and does not nest native calls.
local function has_order(value)
  local meta = metatable_of(value)
  return meta and rawget(meta, "__lt") ~= nil
end
local function before(a, b)
  local kind, other = type(a), type(b)
  -- LuaJIT's own error would name a line of this file.
  if (kind ~= other or kind ~= "number" and kind ~= "string") and not (has_order(a) or has_order(b)) then
    raise(kind == other and format("attempt to compare two %s values", kind)
      or format("attempt to compare %s with %s", kind, other))
  end
  return a < b
end
local function quicksort(t, l, u, less)
  while l < u do
    spend()
    local a, b = rawget(t, l), rawget(t, u)
    if less(b, a) then rawset(t, l, b) rawset(t, u, a) end
    if u - l == 1 then break end
    local i = floor((l + u) / 2)
    local m = rawget(t, i)
    a = rawget(t, l)
    if less(m, a) then
      rawset(t, i, a) rawset(t, l, m)
    else
      b = rawget(t, u)
      if less(b, m) then rawset(t, i, b) rawset(t, u, m) end
    end
    if u - l == 2 then break end
    local pivot = rawget(t, i)
    rawset(t, i, (rawget(t, u - 1)))
    rawset(t, u - 1, pivot)
    local j = u - 1
    i = l
    while true do
      spend()
      i = i + 1
      local low = rawget(t, i)
      while less(low, pivot) do
        spend()
        if i >= u then return false end
        i = i + 1
        low = rawget(t, i)
      end
      j = j - 1
      local high = rawget(t, j)
      while less(pivot, high) do
        spend()
        if j <= l then return false end
        j = j - 1
        high = rawget(t, j)
      end
      if j < i then break end
      rawset(t, i, high) rawset(t, j, low)
    end
    local last = rawget(t, u - 1)
    rawset(t, u - 1, (rawget(t, i)))
    rawset(t, i, last)
    if i - l < u - i then
      if not quicksort(t, l, i - 1, less) then return false end
      l = i + 1
    else
      if not quicksort(t, i + 1, u, less) then return false end
      u = i - 1
    end
  end
  return true
end

function table.sort(...)
  local t, less = ...
  if type(t) ~= "table" or less ~= nil and type(less) ~= "function" then return raw.sort(...) end
  if owned[getmetatable(t)] then refuse_raw(t, "sort") end
  if not quicksort(t, 1, rawlen(t), less or before) then
    raise("invalid order function for sorting")
  end
end

-- `require "table.clear"`
local raw_clear = require "table.clear"
function R.table_clear(t)
  if owned[getmetatable(t)] then refuse_raw(t, "clear") end
  return raw_clear(t)
end

-- Coroutines run on the native stack of who resumes them. One in which something waits yields a token: whoever has
-- resumed it waits in turn, until the task at the bottom resumes all of them with what was waited for.
local token = R.native.token
local yield, running, status, isyieldable = coroutine.yield, coroutine.running, coroutine.status, coroutine.isyieldable
-- The coroutines in which something waits.
local waiting = setmetatable({}, { __mode = "k" })

local forwarded
local function came_back(co, ok, ...)
  if ok and (...) == token then
    waiting[co] = true
    return forwarded(co, yield(token))
  end
  return ok, ...
end
function forwarded(co, ...)
  waiting[co] = nil
  return came_back(co, resume(co, ...))
end
local function resumed(co, ...)
  if type(co) ~= "thread" then return resume(co, ...) end
  check_stack()
  if waiting[co] then return false, "cannot resume a coroutine that waits" end
  return came_back(co, resume(co, ...))
end
coroutine.resume = resumed

function coroutine.status(...)
  local co = ...
  if waiting[co] then return "normal" end
  return status(...)
end

-- A handler that may wait runs in a coroutine that the program knows nothing of.
local fibers = R.fibers
function coroutine.yield(...)
  if fibers[running()] then raise("attempt to yield from outside a coroutine") end
  return yield(...)
end
function coroutine.isyieldable() return not fibers[running()] and isyieldable() end

local function passed(ok, ...)
  if ok then return ... end
  local message = ...
  error(message, type(message) == "string" and 2 or 0)
end
function coroutine.wrap(...)
  local f = ...
  if type(f) ~= "function" then return wrap(...) end
  local co = create(f)
  return function(...)
    return passed(resumed(co, ...))
  end
end

-- Code that is loaded while the server runs gets budgets as the compiler gives them.
local function load_text(text, name, env)
  if byte(text, 1) == 27 then return nil, "bytecode is not loaded" end
  if #text > 1048576 then return nil, "the chunk is longer than 1 MiB" end
  -- Reading a long one is one step.
  direct.check()
  -- A whole chunk: nothing in it can end the function around it.
  local checked, problem = raw_load(text, name, "t")
  if not checked then return nil, problem end
  local with_budgets, reserved = instrument(text)
  if not with_budgets then return nil, reserved end
  with_budgets = R.chunk[1] .. with_budgets .. R.chunk[2]
  local outer
  if env ~= nil then
    outer, problem = raw_load(with_budgets, name, "t", env)
  else
    outer, problem = raw_load(with_budgets, name, "t")
  end
  if not outer then return nil, problem end
  return outer(direct)
end

function R.load(chunk, name, _, env)
  if name ~= nil and type(name) ~= "string" then name = tostring(name) end
  if type(chunk) == "string" then return load_text(chunk, name or chunk, env) end
  if type(chunk) ~= "function" then
    raise(format("bad argument #1 to 'load' (function expected, got %s)", type(chunk)))
  end
  local parts, n, length = {}, 0, 0
  while true do
    spend()
    local part = chunk()
    if part == nil or part == "" then break end
    if type(part) ~= "string" then return nil, "reader function must return a string" end
    n, length = n + 1, length + #part
    if length > 1048576 then return nil, "the chunk is longer than 1 MiB" end
    parts[n] = part
  end
  return load_text(concat(parts), name or "=(load)", env)
end

function R.loadstring(text, name)
  if type(text) ~= "string" then
    raise(format("bad argument #1 to 'loadstring' (string expected, got %s)", type(text)))
  end
  if name ~= nil and type(name) ~= "string" then name = tostring(name) end
  return load_text(text, name or text)
end

-- Collections are the runtime's business: one that a handler asks for would be paid by all.
local count = collectgarbage
function R.collectgarbage(what)
  if what == "count" then return count("count") end
  if what == "isrunning" then return true end
  return 0
end
