-- A call at the end of a function is written in parentheses where it calls the runtime and
-- gives one value, in both forms: LuaJIT drops the line of a function that ends with a tail call.
local api = rover.server {}
local g, json = rover.guard, rover.json
local concat = table.concat
local fires, stays = {}, {}

function fires.text(x) --[[budget]]  return (api.text(x):header("x-a", x)) end
function fires.status(x) --[[budget]]  return (api.json:status(201, x):cookie("a", x)) end
function fires.held(x) --[[budget]] 
  local response = api.json(x)
  if x then return (response:header("x-a", x)) end
  return (response:status(x))
end
function fires.encoded(x) --[[budget]]  return (json.encode(x)) end
local function schema(x) --[[budget]]  return (g:string():enum(x)) end
function fires.upper(x) --[[budget]]  return (string.upper(x)) end
function fires.joined(t) --[[budget]]  return (concat(t, ",")) end
function fires.failed(x) --[[budget]]  return (error("no " .. x)) end

-- With any number of values, or the program's own for all that is seen.
function stays.several(s) --[[budget]]  return s:gsub("a", "b") end
function stays.found(s) --[[budget]]  return string.find(s, "a") end
local function count(n) --[[budget]]  if n == 0 then return 0 end return count(n - 1) end
function stays.other(response) --[[budget]]  return response:header("x-a", "b") end
function stays.caught(f) --[[budget]]  return pcall(f) end
function stays.both(x) --[[budget]]  return api.json(x), 1 end
function stays.own(string) --[[budget]]  return string.upper("a") end
local strings, numbers = string, math
function strings.lower(x) --[[budget]]  return x, x end
function stays.lowered(x) --[[budget]]  return string.lower(x) end
for _, name in ipairs { "max" } do --[[budget]]  numbers[name] = function(...) --[[budget]]  return ... end end
function stays.least(x) --[[budget]]  return math.min(x, 1) end
local replaced = { text = api.text }

-- A handler's first value counts.
function api.fires.get(ctx) --[[budget]] 
  if ctx.method then return (string.find("a", "b")) end
  return (__rover.expecting(ctx:query()):expect(g:object { a = schema { "b" } }))
end
function api.stays.get() --[[budget]] 
  fires.text(1) fires.status(1) fires.held(1) fires.encoded(1) fires.upper "a" fires.joined {} fires.failed(1)
  stays.several "a" stays.found "a" count(1) stays.caught(fires.text)
  stays.other(1) stays.both(1) stays.own { upper = fires.text } stays.lowered "a" stays.least(1)
  return replaced.text("x")
end

return api
