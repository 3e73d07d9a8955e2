-- What requests cannot write. Requests share a VM: what one could write into the library or
-- into the runtime's own tables, the next would find there.
--
-- While the program loads, the library is its VM's own, to be added to and changed. When
-- loading has ended, its tables are locked: they stay what they are, and what they hold goes behind them.
local R = ...

local raise, tostring, next, format = R.raise, tostring, next, string.format
local getmetatable, rawset = getmetatable, rawset
local raw_metatable, set_metatable = debug.getmetatable, debug.setmetatable

-- What `getmetatable` gives of the runtime's own objects, and what they are called. They can
-- be written by their own functions only.
local owned = {
  ["rover.body"] = "the body", ["rover.builder"] = "a builder", ["rover.components"] = "rover.html",
  ["rover.ctx"] = "ctx", ["rover.env"] = "rover.env", ["rover.error"] = "an error", ["rover.file"] = "a file",
  ["rover.guard"] = "rover.guard", ["rover.hook"] = "a hook", ["rover.html"] = "safe HTML", ["rover.library"] = "the library",
  ["rover.response"] = "a response", ["rover.schema"] = "a schema", ["rover.server"] = "the server", ["rover.store"] = "a store", ["rover.cache"] = "a cache",
  ["rover.template"] = "a template",
}
-- The tables that are locked, and what they are called.
local locked = setmetatable({}, { __mode = "k" })

local function refuse(t, key)
  local what = locked[t] or owned[getmetatable(t)]
  raise(format("%s cannot be changed (%s)", what, key))
end

-- For functions that write without asking a metatable: they ask `owned`.
R.owned = owned
function R.refuse_raw(t, name, key)
  local by = key == nil and name or name .. " of '" .. tostring(key) .. "'"
  refuse(t, by)
end

-- Gives what was in the table.
local function lock(what, t)
  local content, meta = {}, raw_metatable(t)
  for key, value in next, t do content[key] = value end
  for key in next, content do rawset(t, key, nil) end
  local front = {}
  if meta then
    set_metatable(content, meta)
    for event, value in next, meta do front[event] = value end
  end
  front.__index = content
  front.__newindex = function(self, key) refuse(self, "assignment to '" .. tostring(key) .. "'") end
  front.__pairs = function()
    local copy = {}
    for key, value in next, content do copy[key] = value end
    return next, copy
  end
  front.__metatable = "rover.library"
  locked[t] = what
  set_metatable(t, front)
  return content
end
R.lock = lock

-- The metatable of strings is replaced: who has taken it while loading has another one.
function R.lock_strings()
  local mine, shown = {}, {}
  for event, value in next, raw_metatable("") do
    mine[event], shown[event] = value, value
  end
  lock("the metatable of strings", shown)
  mine.__metatable = shown
  set_metatable("", mine)
end
