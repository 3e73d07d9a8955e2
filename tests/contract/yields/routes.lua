-- Where a coroutine can yield: wherever LuaJIT's can, and from what our library is written in Lua.
local api = rover.server { deadline = "10s" }

local yield, wrap = coroutine.yield, coroutine.wrap
local function first(f) f() return f("again") end

local function meta(event, use)
  return function()
    return first(wrap(function()
      return (use(setmetatable({}, { [event] = function() return yield(event) end })))
    end))
  end
end

local places = {
  pcall = function() return first(wrap(function() return select(2, pcall(yield, 1)) end)) end,
  pcall_result = function()
    local f = wrap(function()
      local ok = pcall(yield, 1)
      return ok
    end)
    f()
    return { f() }
  end,
  pcall_nested = function()
    return first(wrap(function() return select(3, pcall(pcall, yield)) end))
  end,
  pcall_error = function()
    return first(wrap(function()
      local _, message = pcall(function() error(yield(1), 0) end)
      return message
    end))
  end,
  xpcall = function() return first(wrap(function() return select(2, xpcall(yield, print)) end)) end,
  xpcall_error = function()
    return first(wrap(function()
      local _, message = xpcall(function() error(yield(1), 0) end, function(m) return m .. "!" end)
      return message
    end))
  end,
  index = meta("__index", function(t) return t.x end),
  call = meta("__call", function(t) return t() end),
  add = meta("__add", function(t) return t + 1 end),
  concat = meta("__concat", function(t) return t .. "x" end),
  len = meta("__len", function(t) return #t end),
  unm = meta("__unm", function(t) return -t end),
  lt = meta("__lt", function(t) return tostring(t < t) end),
  eq = function()
    local mt = { __eq = function() return yield(1) end }
    return first(wrap(function() return tostring(setmetatable({}, mt) == setmetatable({}, mt)) end))
  end,
  newindex = function()
    local seen
    local t = setmetatable({}, { __newindex = function() seen = yield(1) end })
    first(wrap(function() t.x = 1 end))
    return seen
  end,
  tostring = meta("__tostring", function(t) return tostring(t) end),
  pairs = meta("__pairs", function(t) return pairs(t) end),
  iterator = function()
    return first(wrap(function() for value in function() return yield(1) end do return value end end))
  end,
  sort = function()
    local seen = {}
    local f = wrap(function()
      local t = { 3, 1, 2 }
      table.sort(t, function(a, b) seen[#seen + 1] = yield() return a < b end)
      return table.concat(t, ",")
    end)
    local result
    repeat result = f("again") until result
    return result .. " " .. tostring(seen[1])
  end,
  gsub = function()
    return first(wrap(function() return (("a-b"):gsub("%-", function() return yield(1) end)) end))
  end,
  gsub_every = function()
    local f = wrap(function() return (("abc"):gsub("%a", yield)) end)
    return f() .. f("1") .. f("2") .. f("3")
  end,
  gsub_table = function()
    local t = setmetatable({}, { __index = function(_, k) return yield(k) end })
    return first(wrap(function() return (("a-b"):gsub("%-", t)) end))
  end,
  foreach = function() return first(wrap(function() return table.foreach({ 1 }, function() return yield(1) end) end)) end,
  foreachi = function() return first(wrap(function() return table.foreachi({ 1 }, function() return yield(1) end) end)) end,
  load = function()
    return first(wrap(function() return load(function() return yield(1) and nil end) and "loaded" end))
  end,
  nested = function()
    return first(wrap(function()
      return wrap(function() return select(2, pcall(yield, 1)) end)() and yield(1)
    end))
  end,
}

function api.p_place.get(ctx) return places[ctx:params().place]() end

-- An error after it keeps its place.
function api.line.get()
  local f = wrap(function() pcall(yield) error "here" end)
  f()
  local _, message = pcall(f)
  return message:match(":(%d+: here)$") and "told with a line"
end

return api
