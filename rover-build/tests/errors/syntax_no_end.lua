local api = rover.server {}
local double = function(x) return 2 * x

function api.get(ctx)
  return double(2)
end

return api
