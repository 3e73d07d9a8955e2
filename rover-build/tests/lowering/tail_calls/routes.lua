-- A call at the end of a function is written in parentheses where it calls the runtime and
-- gives one value, in both forms: LuaJIT drops the line of a function that ends with a tail call.
local api = rover.server {}
local g, json = rover.guard, rover.json
local concat = table.concat
local fires, stays = {}, {}

function fires.text(x) return api.text(x):header("x-a", x) end
function fires.status(x) return api.json:status(201, x):cookie("a", x) end
function fires.held(x)
  local response = api.json(x)
  if x then return response:header("x-a", x) end
  return response:status(x)
end
function fires.encoded(x) return json.encode(x) end
local function schema(x) return g:string():enum(x) end
function fires.upper(x) return string.upper(x) end
function fires.joined(t) return concat(t, ",") end
function fires.failed(x) return error("no " .. x) end

-- With any number of values, or the program's own for all that is seen.
function stays.several(s) return s:gsub("a", "b") end
function stays.found(s) return string.find(s, "a") end
local function count(n) if n == 0 then return 0 end return count(n - 1) end
function stays.other(response) return response:header("x-a", "b") end
function stays.caught(f) return pcall(f) end
function stays.both(x) return api.json(x), 1 end
function stays.own(string) return string.upper("a") end
local strings, numbers = string, math
function strings.lower(x) return x, x end
function stays.lowered(x) return string.lower(x) end
for _, name in ipairs { "max" } do numbers[name] = function(...) return ... end end
function stays.least(x) return math.min(x, 1) end
local replaced = { text = api.text }

-- A handler's first value counts.
function api.fires.get(ctx)
  if ctx.method then return string.find("a", "b") end
  return ctx:query():expect(g:object { a = schema { "b" } })
end
function api.stays.get()
  fires.text(1) fires.status(1) fires.held(1) fires.encoded(1) fires.upper "a" fires.joined {} fires.failed(1)
  stays.several "a" stays.found "a" count(1) stays.caught(fires.text)
  stays.other(1) stays.both(1) stays.own { upper = fires.text } stays.lowered "a" stays.least(1)
  return replaced.text("x")
end

return api
