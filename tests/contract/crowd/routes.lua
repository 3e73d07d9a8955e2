-- More work than time.
local api = rover.server { max_wait = "300ms", health = true }

function api.work.get()
  local until_ = os.clock() + 0.02
  while os.clock() < until_ do end
  return "done"
end

function api.long.get()
  local until_ = os.clock() + 0.8
  while os.clock() < until_ do end
  return "done"
end

return api
