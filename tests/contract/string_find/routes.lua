-- `string.find` is LuaJIT's for short texts that are looked for as they are, ours otherwise.
local api = rover.server {}

local long = ("-"):rep(2000) .. "a.b"

function api.found.get(ctx)
  local results = {}
  local function add(...) results[#results + 1] = table.concat({ tostring((...)), tostring((select(2, ...))) }, "-") end
  for _ = 1, 100 do
    results = {}
    add(("xa.b"):find("a.b", 1, true))
    add(("xacb a.b"):find("a.b"))
    add(("xacb a.b"):find("a.b", 1, true))
    add(("x b"):find("b"))
    add(("abcabc"):find("c", -2))
    add(("abc"):find("", 10))
    add(("abc"):find("", 4))
    add(("abc"):find("%"  .. "a"))
    add(("abc"):find("b", 1.5))
    add(long:find("a.b", 1, true))
    add(long:find("b"))
    add(("12345"):find(34))
    add(pcall(string.find, "a", "["))
  end
  return api.json(results)
end

return api
