-- A header on an answer whose shape is known goes to the answer that was begun.
local api = rover.server {}
local shared = {}

function api.fires.get(ctx) --[[budget]] 
  local rows = __rover.list()
  do __rover.put_v(rows, -1, 1) end
  return (__rover.with_header((__rover.with_header((__rover.reply(1, rows)), "x-a", __rover.path())), "x-b", 1))
end

function api.stays.get(ctx) --[[budget]] 
  if __rover.method() then return (api.error(400, "No"):header("x-a", "b")) end
  return (api.json({ 1, shared.x }):header("x-a", "b"))
end

-- Both in one handler.
function api.fires.beside.get(ctx) --[[budget]] 
  local rows = __rover.list()
  do __rover.put_v(rows, -1, 1) end
  if __rover.path() then return (__rover.with_header((__rover.with_header((__rover.reply(1, rows)), "x-a", __rover.path())), "x-b", 1)) end
  if __rover.method() then return (api.error(400, "No"):header("x-a", "b")) end
  return (api.json({ 1, shared.x }):header("x-a", "b"))
end

return api
