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
function api.copy.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 0, 0)
  return (__rover.reply(1, __rover.in_place_number(0, -1, 2) * __rover.in_place_number(0, -1, 3)))
end
function api.parts.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 0, 1)
  return (__rover.reply(2))
end
function api.used.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 0, 2)
  if __rover.in_place_number(2, -1, 3) > 10 then return (api.error(409, "Too many of " .. __rover.in_place(2, -1, 1))) end
  shared.last = __rover.in_place(2, -1, 1):upper()
  for i = 1, __rover.in_place_number(2, -1, 3) do --[[budget]]  shared.sum = (shared.sum or 0) + __rover.in_place_number(2, -1, 2) * i end
  return (__rover.with_header((__rover.reply(3, shared.last, __rover.in_place(2, -1, 5) == rover.null, __rover.in_place(2, -1, 4) == nil)), "x-name", __rover.in_place(2, -1, 1)))
end
function api.texts.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 0, 3)
   do local name, quantity = __rover.in_place(3, -1, 1), __rover.in_place_number(3, -1, 3) if __rover.is_text(name) and __rover.is_text(quantity) then return (__rover.text(0, 0, "<", name, ":", quantity, ">")) end return "<" .. name .. ":" .. quantity .. ">" end
end
function api.rows.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 0, 4)
  local rows = __rover.list()
  for i = 1, __rover.in_place_number(4, -1, 3) do --[[budget]]  do __rover.put_vvv(rows, 0, i, __rover.in_place(4, -1, 1), __rover.in_place_number(4, -1, 263)) end end
  return (__rover.reply(4, rows))
end
function api.both.p_id.post(ctx) --[[budget]] 
  local p, q = __rover.check_in_place(2, 1, 5), __rover.check_in_place(1, 2, 6)
  local b = __rover.check_in_place(0, 0, 7)
  return (__rover.reply(5, __rover.in_place_number(5, -1, 1) + 1))
end
local function helper(ctx) --[[budget]] 
  local q = __rover.check_in_place(1, 2, 8)
  return __rover.in_place_number(8, -1, 1) * 2
end
function api.helper.get(ctx) --[[budget]] 
  local q = __rover.check_in_place(1, 2, 9)
  return (__rover.reply(6, helper(ctx), (helper(ctx))))
end
function api.branch.post(ctx) --[[budget]] 
  if __rover.query("x") then
    local b = __rover.check_in_place(0, 0, 10)
    return (__rover.reply(7))
  end
  local b = __rover.check_in_place(0, 2, 11)
  return (__rover.reply(8))
end

-- Not held: a table is made.
function api.whole.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(9, b, b.name))
end
function api.passed.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(10, b.name, (type(b))))
end
function api.written.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  b.name = b.name .. "!"
  return (__rover.reply(11, b.name))
end
function api.inner.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  b.owner.id = b.owner.id + 1
  return (__rover.reply(12, b.owner.id))
end
function api.closed.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  shared.f = function() --[[budget]]  return b.name end
  return (__rover.reply(11, b.name))
end
function api.later.post() --[[budget]]  return (__rover.reply(11, shared.f and shared.f())) end
function api.again.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  b = { name = "other" }
  return (__rover.reply(11, b.name))
end
function api.table.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  local tags = b.tags
  tags[#tags + 1] = "more"
  return (__rover.reply(13, b.tags, #b.tags))
end
function api.same.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(14, b.tags == b.tags, b.tags))
end
function api.maker.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(12, b.maker.id))
end
function api.extra.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(15, b.extra, b.name))
end
-- A field that is written on some table may be read of any.
local other = {}
other.unknown = 1
function api.unknown.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  return (__rover.reply(16, b.unknown, b.name))
end
function api.key.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  local key = __rover.query("key") or "name"
  return (__rover.reply(17, b[key], b.name))
end
function api.iterated.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 0)
  local n = 0
  for _ in pairs(b) do --[[budget]]  n = n + 1 end
  return (__rover.reply(18, n, b.name))
end
function api.scalar.post(ctx) --[[budget]] 
  local b = __rover.check_in_place(0, 3, 12)
  return (__rover.reply(19))
end
-- The order of these fields is not the program's.
function api.order.post(ctx) --[[budget]] 
  local b = __rover.expect(0, 4)
  return (__rover.reply(20, b.o))
end

return api
