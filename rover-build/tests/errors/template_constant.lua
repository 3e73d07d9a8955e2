local api = rover.server {}
local name = "a"
function api.a.get(ctx)
  return api.html { x = 1 } ("<p>" .. name .. "</p>")
end
function api.b.get(ctx)
  return api.html { x = 1 }
end
return api
