local api = rover.server {}

function api["user-list"].get(ctx)
  return {}
end

function api.users.:id.get(ctx)
  return {}
end

function api.user-list.get(ctx)
  return {}
end

local function api.there.get(ctx)
  return {}
end

return api
