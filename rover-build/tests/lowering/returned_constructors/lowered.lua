-- A constructor that is returned is JSON whose shape is known: only its values are given.
local api = rover.server {}
local shared = {}
local books = api.fires.books

function api.fires.get(ctx) --[[budget]] 
  if __rover.query("a") then
    return (__rover.reply(1, shared.a, #shared))
  elseif __rover.query("b") then
    return (__rover.reply(2))
  end
  return (__rover.reply(3, { shared.x, shared.y }, (shared.f())))
end
function api.fires.literals.get(ctx) --[[budget]] 
  return (__rover.reply(4, "quote\"", 0x10, 1e3, -1, 'it"s'))
end
books.p_id = { get = function(ctx) --[[budget]]  return (__rover.reply(5)) end }

-- A list, keys that are computed, twice the same key, fields beside a list.
function api.stays.p_id.get(ctx) --[[budget]] 
  if __rover.query("a") then return { 1, shared.x } end
  if __rover.query("b") then return { [shared.k] = 1, a = 1 } end
  if __rover.query("c") then return { a = 1, a = 2 } end
  return { a = 1, 2 }
end

-- Functions that others can call.
local function record(ctx) --[[budget]]  return { id = __rover.param("id") } end
function api.stays.called.p_id.get(ctx) --[[budget]]  return record(ctx) end
local handlers = {}
function handlers.get(ctx) --[[budget]]  return { id = ctx:params().id } end
api.stays.table.p_id.get = handlers.get

return api
