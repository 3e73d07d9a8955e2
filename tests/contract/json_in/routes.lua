-- Contract section 6, in.
local api = rover.server {}

function api.echo.post(ctx) return { value = ctx:body():json() } end
function api.kind.post(ctx)
  local v = ctx:body():json()
  return { type = type(v), null = v == rover.null }
end
function api.has.post(ctx)
  local v = ctx:body():json()
  return { a = v.a ~= nil, second = v.list and v.list[2] == rover.null }
end

return api
