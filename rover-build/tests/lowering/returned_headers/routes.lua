-- A header on an answer whose shape is known goes to the answer that was begun.
local api = rover.server {}
local shared = {}

function api.fires.get(ctx)
  local rows = {}
  rows[#rows + 1] = 1
  return api.json:status(201, { rows = rows }):header("x-a", ctx.path):header("x-b", 1)
end

function api.stays.get(ctx)
  if ctx.method then return api.error(400, "No"):header("x-a", "b") end
  return api.json({ 1, shared.x }):header("x-a", "b")
end

-- Both in one handler.
function api.fires.beside.get(ctx)
  local rows = {}
  rows[#rows + 1] = 1
  if ctx.path then return api.json:status(201, { rows = rows }):header("x-a", ctx.path):header("x-b", 1) end
  if ctx.method then return api.error(400, "No"):header("x-a", "b") end
  return api.json({ 1, shared.x }):header("x-a", "b")
end

return api
