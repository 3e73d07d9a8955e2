local api = rover.server {}
local g = rover.guard

-- Made in a loop, so that only the run at build shows the mistake.
local fields = {}
for _, name in ipairs { "a", "b" } do
  local kind = name == "a" and "string" or "boolean"
  fields[name] = g[kind](g):min(1)
end

return api
