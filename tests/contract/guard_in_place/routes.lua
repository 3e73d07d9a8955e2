-- Checked values that are only read by name, and others that look alike. What the program
-- becomes is `lowered.lua`.
local api = rover.server {}
local g = rover.guard
local shared = {} -- rover: per-worker

local ITEM = g:object {
  name = g:string():required(),
  price = g:number():required():min(0),
  quantity = g:integer():default(1),
  note = g:string(),
  gift = g:boolean():nullable(),
  tags = g:array(g:string()):default {},
  owner = g:object { id = g:integer():required(), mail = g:string() }:required(),
  maker = g:object { id = g:integer() },
  extra = g:any(),
}
local PAGE = g:object { page = g:integer():min(1):default(1), q = g:string(), tag = g:array(g:string()) }

-- Held.
function api.copy.post(ctx)
  local b = ctx:body():expect(ITEM)
  return api.json:status(201, { name = b.name, price = b.price, note = b.note, gift = b.gift, total = b.price * b.quantity })
end
function api.parts.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { tags = b.tags, owner = b.owner, maker = b.maker, id = b.owner.id, mail = b.owner.mail }
end
function api.used.post(ctx)
  local b = ctx:body():expect(ITEM)
  if b.quantity > 10 then return api.error(409, "Too many of " .. b.name) end
  shared.last = b.name:upper()
  for i = 1, b.quantity do shared.sum = (shared.sum or 0) + b.price * i end
  return api.json({ last = shared.last, gift = b.gift == rover.null, none = b.note == nil }):header("x-name", b.name)
end
function api.texts.post(ctx)
  local b = ctx:body():expect(ITEM)
  return "<" .. b.name .. ":" .. b.quantity .. ">"
end
function api.rows.post(ctx)
  local b = ctx:body():expect(ITEM)
  local rows = {}
  for i = 1, b.quantity do rows[#rows + 1] = { at = i, name = b.name, id = b.owner.id } end
  return { rows = rows, name = b.name }
end
function api.both.p_id.post(ctx)
  local p, q = ctx:params():expect { id = g:integer():required() }, ctx:query():expect(PAGE)
  local b = ctx:body():expect(ITEM)
  return { id = p.id + 1, page = q.page, q = q.q, tag = q.tag, name = b.name }
end
local function helper(ctx)
  local q = ctx:query():expect(PAGE)
  return q.page * 2
end
function api.helper.get(ctx)
  local q = ctx:query():expect(PAGE)
  return { page = q.page, twice = helper(ctx), again = helper(ctx) }
end
function api.branch.post(ctx)
  if ctx:query().x then
    local b = ctx:body():expect(ITEM)
    return { name = b.name }
  end
  local b = ctx:body():expect(PAGE)
  return { page = b.page }
end

-- Not held: a table is made.
function api.whole.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { item = b, name = b.name }
end
function api.passed.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { name = b.name, type = type(b) }
end
function api.written.post(ctx)
  local b = ctx:body():expect(ITEM)
  b.name = b.name .. "!"
  return { name = b.name }
end
function api.inner.post(ctx)
  local b = ctx:body():expect(ITEM)
  b.owner.id = b.owner.id + 1
  return { id = b.owner.id }
end
function api.closed.post(ctx)
  local b = ctx:body():expect(ITEM)
  shared.f = function() return b.name end
  return { name = b.name }
end
function api.later.post() return { name = shared.f and shared.f() } end
function api.again.post(ctx)
  local b = ctx:body():expect(ITEM)
  b = { name = "other" }
  return { name = b.name }
end
function api.table.post(ctx)
  local b = ctx:body():expect(ITEM)
  local tags = b.tags
  tags[#tags + 1] = "more"
  return { tags = b.tags, count = #b.tags }
end
function api.same.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { same = b.tags == b.tags, tags = b.tags }
end
function api.maker.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { id = b.maker.id }
end
function api.extra.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { extra = b.extra, name = b.name }
end
-- A field that is written on some table may be read of any.
local other = {}
other.unknown = 1
function api.unknown.post(ctx)
  local b = ctx:body():expect(ITEM)
  return { unknown = b.unknown, name = b.name }
end
function api.key.post(ctx)
  local b = ctx:body():expect(ITEM)
  local key = ctx:query().key or "name"
  return { value = b[key], name = b.name }
end
function api.iterated.post(ctx)
  local b = ctx:body():expect(ITEM)
  local n = 0
  for _ in pairs(b) do n = n + 1 end
  return { n = n, name = b.name }
end
function api.scalar.post(ctx)
  local b = ctx:body():expect(g:integer():required())
  return { b = b }
end
-- The order of these fields is not the program's.
function api.order.post(ctx)
  local b = ctx:body():expect { o = g:object { price = g:number(), name = g:string() } }
  return { o = b.o }
end

return api
