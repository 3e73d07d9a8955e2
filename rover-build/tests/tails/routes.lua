-- Calls at the end of functions: those of the runtime's functions are written in parentheses.
local api = rover.server {}
local g, json = rover.guard, rover.json
local concat = table.concat

-- Of the runtime, with one value.
local function text(x) return api.text(x):header("x-a", x) end
local function status(x) return api.json:status(201, x):cookie("a", x) end
local function held(x)
  local response = api.json(x)
  if x then return response:header("x-a", x) end
  return response:status(x)
end
local function encoded(x) return json.encode(x) end
local function schema(x) return g:string():enum(x) end
local M = {}
function M.upper(x) return string.upper(x) end
local function joined(t) return concat(t, ",") end
local function failed(x) return error("no " .. x) end

-- With any number of values, or the program's own for all that is seen: they stay.
local function several(s) return s:gsub("a", "b") end
local function found(s) return string.find(s, "a") end
local function count(n) if n == 0 then return 0 end return count(n - 1) end
local function other(response) return response:header("x-a", "b") end
local function caught(f) return pcall(f) end
local function both(x) return api.json(x), 1 end
local function own(string) return string.upper("a") end
local strings, numbers = string, math
function strings.lower(x) return x, x end
local function lowered(x) return string.lower(x) end
for _, name in ipairs { "max" } do numbers[name] = function(...) return ... end end
local function least(x) return math.min(x, 1) end
local replaced = { text = api.text }

-- A handler's first value counts.
function api.handler.get(ctx)
  if ctx.method then return string.find("a", "b") end
  return ctx:query():expect(g:object { a = schema { "b" } })
end
function api.all.get()
  text(1) status(1) held(1) encoded(1) joined {} failed(1) several "a" found "a" count(1) caught(text)
  other(1) both(1) own { upper = text } lowered "a" least(1)
  return replaced.text("x")
end

return api
