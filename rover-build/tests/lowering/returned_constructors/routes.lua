-- A constructor that is returned is JSON whose shape is known: only its values are given.
local api = rover.server {}
local shared = {}
local books = api.fires.books

function api.fires.get(ctx)
  if ctx:query().a then
    return api.json:status(201, { first = shared.a, ok = true, nested = { n = 1, none = nil, last = #shared } })
  elseif ctx:query().b then
    return api.error(404, "No such thing")
  end
  return api:json { list = { "a", "b", { c = 1 } }, dynamic = { shared.x, shared.y }, empty = {}, f = shared.f() }
end
function api.fires.literals.get(ctx)
  return { a = "quote\"", b = 0x10, c = 1e3, d = -1, e = [[long]], f = 'it"s' }
end
books.p_id = { get = function(ctx) return { id = ctx:params().id } end }

-- A list, keys that are computed, twice the same key, fields beside a list.
function api.stays.p_id.get(ctx)
  if ctx:query().a then return { 1, shared.x } end
  if ctx:query().b then return { [shared.k] = 1, a = 1 } end
  if ctx:query().c then return { a = 1, a = 2 } end
  return { a = 1, 2 }
end

-- Functions that others can call.
local function record(ctx) return { id = ctx:params().id } end
function api.stays.called.p_id.get(ctx) return record(ctx) end
local handlers = {}
function handlers.get(ctx) return { id = ctx:params().id } end
api.stays.table.p_id.get = handlers.get

return api
