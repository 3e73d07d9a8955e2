local api = rover.server {}
--[[ Routes:

function api.get(ctx)
  return 1
end

return api
