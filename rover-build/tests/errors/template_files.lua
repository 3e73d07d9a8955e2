local api = rover.server {}
local name = "a"
function api.c.get(ctx)
  return api.html { x = 1 } (rover.template(name .. ".html"))
end
local missing = rover.template "missing.html"
local outside = rover.template "../errors.rs"
return api
