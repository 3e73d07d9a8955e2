local api = rover.server {}

local function find(id)
  if id == "0" then return nil, "no such user" end
  return { id = id }
end

-- A helper may give several values.
local function load(id)
  local user, problem = find(id)
  return user, problem
end

function api.users.post(ctx)
  return { name = "Ada" }, 201
end

function api.users.p_id.get(ctx)
  if ctx:params().id == "1" then return nil, "no such user" end
  return nil, 404
end

function api.found.p_id.get(ctx)
  return find(ctx:params().id)
end

local function listed(ctx)
  return "a", { ["content-type"] = "text/plain" }
end
api.list.get = listed

-- Nothing is lost here.
function api.fine.p_id.get(ctx)
  local user, problem = load(ctx:params().id)
  if problem then return (find("1")) end
  if user then return (user.id:gsub("a", "b")) end
  return ctx.path:gsub("a", "b")
end

local function both(ctx) return "a", "b" end
api.both.get = both
function api.uses_both.get(ctx)
  local a, b = both(ctx)
  return a .. b, nil
end

return api
