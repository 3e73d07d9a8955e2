local api = rover.server {}

function api.users.p_id.get(ctx)
  local p = ctx:params()
  return { id = ctx:params().ID, name = p.name }
end

function api.users.get(ctx)
  return { id = ctx:params().id }
end

local function shown(ctx) return { id = ctx:params().id, page = ctx:params().pgae } end
function api.a.p_id.get(ctx) return shown(ctx) end
function api.b.p_page.get(ctx) return shown(ctx) end

-- Any path may come to it, and a field that the program fills is there.
function api.not_found(ctx) return { id = ctx:params().anything } end
function api.c.p_id.get(ctx)
  local p = ctx:params()
  p.filled = "x"
  return p.filled
end

return api
