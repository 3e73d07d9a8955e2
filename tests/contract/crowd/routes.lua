-- More work than time.
local api = rover.server { max_wait = "300ms", health = true }

local function work()
  local until_ = os.clock() + 0.02
  while os.clock() < until_ do end
end

function api.work.get()
  work()
  return "done"
end

function api.long.get()
  local until_ = os.clock() + 0.8
  while os.clock() < until_ do end
  return "done"
end

local noted = {} -- rover: per-worker
function api.note.p_name.get(ctx)
  local name = ctx:params().name
  noted[name] = (noted[name] or 0) + 1
  work()
  return name
end
function api.noted.get() return api.json(noted) end

return api
