local api = rover.server {}
local GREETING = "hi"
local shared = {}
local books = api.books

-- Reads by name.
function api.reads.p_id.get(ctx)
  local p, q = ctx:params(), ctx:query()
  return { id = p.id, page = q.page or "1", agent = ctx:headers()["User-Agent"], s = ctx.cookies().s,
    path = ctx.path, method = ctx.method }
end

-- Tables that are used whole stay tables.
function api.whole.p_id.get(ctx)
  local q = ctx:query()
  for k in pairs(q) do shared[k] = true end
  return { q = q.a, params = ctx:params(), id = ctx:params().id }
end

-- A written table stays one.
function api.written.get(ctx)
  local q = ctx:query()
  q.a = "b"
  return { a = ctx:query().a }
end

-- A function inside may run later.
function api.later.get(ctx)
  shared.f = function() return ctx:query().a, ctx.path end
  return { ok = true, a = ctx:query().a }
end

-- An escaping ctx: anything may happen to its tables.
function api.escapes.p_id.get(ctx)
  shared.g(ctx)
  return { id = ctx:params().id, path = ctx.path }
end

-- Another value of the same name.
function api.shadowed.p_id.get(ctx)
  local id = ctx:params().id
  do
    local ctx = shared
    id = id .. ctx:params().id
  end
  return id
end

-- Bodies.
function api.bodies.post(ctx)
  local text = ctx:body():text()
  local body = ctx:body()
  return { json = ctx:body():json(), raw = ctx:body():raw(), text = text, form = body and ctx:body():form() }
end

-- Returned constructors.
function api.returned.get(ctx)
  if ctx:query().a then
    return api.json:status(201, { first = shared.a, ok = true, nested = { n = 1, none = nil, last = #shared } })
  elseif ctx:query().b then
    return api.error(404, "No such thing")
  end
  return api:json { list = { "a", "b", { c = 1 } }, dynamic = { shared.x, shared.y }, empty = {}, f = shared.f() }
end

-- Constructors that are not lowered.
function api.kept.p_id.get(ctx)
  if ctx:query().a then return { 1, shared.x } end
  if ctx:query().b then return { [shared.k] = 1, a = 1 } end
  if ctx:query().c then return { a = 1, a = 2 } end
  if ctx:query().d then return { a = 1, 2 } end
  return { a = "quote\"", b = 0x10, c = 1e3, d = -1, e = [[long]], f = 'it"s' }
end

-- Functions that others can call.
local function helper(ctx) return { id = ctx:params().id } end
function api.helped.p_id.get(ctx) return helper(ctx) end
local handlers = {}
function handlers.get(ctx) return { id = ctx:params().id } end
api.tabled.p_id.get = handlers.get
books.p_id = { get = function(ctx) return { id = ctx:params().id } end }

-- The same always.
function api.constant.get() return { message = GREETING, list = { 1, 2 } } end
function api.constant.text.get() return api.text("x" .. 1):header("x-a", "b") end

-- Orders that contradict each other.
function api.order.get() return shared.f { b = 1, a = 2 } end
function api.order.other.get()
  local row = { a = 1, b = 2 }
  return { b = 1, a = row }
end

-- Lists that are only returned.
function api.lists.get(ctx)
  local rows = {}
  for i = 1, tonumber(ctx:query().n) or 3 do
    rows[i] = { id = i, name = "User " .. i, -- a comment
      mail = "<" .. i .. ctx:query().n .. ">", kind = "row", last = shared.f(i) }
  end
  if #rows == 0 then return api.error(404, "No rows") end
  return { count = #rows, rows = rows }
end
function api.lists.plain.get()
  local found = rover.array()
  for _, v in pairs(shared) do found[#found + 1] = v end
  table.insert(found, { constant = true })
  return api.json:status(201, found)
end
function api.lists.nested.get()
  local out = {}
  for _, v in pairs(shared) do
    local inner = {}
    inner[#inner + 1] = v.name
    out[#out + 1] = { inner = rover.array(inner), n = #inner, v = v }
  end
  return out
end
function api.lists.wide.get()
  local rows = {}
  for _, v in pairs(shared) do
    -- Twelve values, and those that follow them.
    rows[#rows + 1] = { a = v.a, b = v.b, c = v.c, d = v.d, e = v.e, f = v.f, g = v.g, h = v.h, i = v.i, j = v.j,
      k = v.k, l = v.l, m = "m" .. v.m, n = { kind = "row", o = v.o .. v.o, p = v.p } }
    rows[#rows + 1] = "<" .. v .. ">"
  end
  return rows
end

-- Lists that must be tables.
function api.tables.get(ctx)
  local read, kept, named, inner, replaced, counted, early = {}, {}, {}, {}, {}, {}, {}
  read[#read + 1] = 1
  return { read = read, first = read[1] }
end
function api.tables.kept.get()
  local kept = {}
  kept[#kept + 1] = 1
  shared.kept = kept
  return kept
end
function api.tables.captured.get()
  local captured = {}
  shared.each(function(v) captured[#captured + 1] = v end)
  return captured
end
function api.tables.assigned.get()
  local assigned = {}
  assigned[#assigned + 1] = 1
  if shared.x then assigned = shared end
  return assigned
end
function api.tables.counted.get()
  local counted = {}
  for i = 2, 3 do counted[i] = { i = i } end
  local maybe = {}
  for i = 1, 3 do if shared[i] then maybe[i] = { i = i } end end
  local twice = {}
  for i = 1, 3 do twice[i] = { i = i } end
  for i = 1, 2 do twice[i] = { j = i } end
  return { counted = counted, maybe = maybe, twice = twice }
end
function api.tables.outlived.get()
  local out, inner = {}, {}
  local other = {}
  for i = 1, 3 do
    other[#other + 1] = i
    out[#out + 1] = { other = other }
  end
  return out
end
function api.tables.looped.get()
  while shared.more() do
    local looped = {}
    looped[#looped + 1] = 1
    if shared.x then return looped end
  end
end
function api.tables.inserted.get()
  local list = {}
  table.insert(list, shared.two())
  table.insert(list, 1, 2)
  return list
end
function api.tables.shadowed.get()
  local list, table = {}, shared
  local own = {}
  table.insert(own, 1)
  return own
end

-- Functions that are only called with a ctx.
local auth = require "auth"
local function page(n, c) return tonumber(c:query().page) or n end
function api.helpers.get(ctx)
  local user = auth.user(ctx)
  if not user then return api.error(401, "Who are you?") end
  return { user = user, page = page(1, ctx), kept = auth.kept }
end

-- Functions that are not: given something else, called by another, later, or unseen.
local function other(c) return c:query().a end
local function called(c) return c:query().a end
local function later(c) return c:query().a end
local function whole(c) return c:query() end
function api.helpers.not_.get(ctx)
  shared.f = function() return later(ctx) end
  return { other(ctx), other({ query = shared.q }), pcall(called, ctx), later(ctx), auth.kept(ctx) }
end
local chosen = require "chosen"
function api.helpers.chosen.get(ctx) return { a = chosen.first(ctx) } end
function api.helpers.whole.get(ctx)
  return { all = whole(ctx), a = ctx:query().a, path = ctx.path }
end

-- Headers.
function api.headers.get(ctx)
  local rows = {}
  rows[#rows + 1] = 1
  if ctx.path then return api.json:status(201, { rows = rows }):header("x-a", ctx.path):header("x-b", 1) end
  if ctx.method then return api.error(400, "No"):header("x-a", "b") end
  return api.json({ 1, shared.x }):header("x-a", "b")
end

-- Texts.
function api.texts.p_id.get(ctx)
  local title, api_ = ctx:params().id, shared
  if title == "a" then return "<" .. title .. ">" end
  if title == "b" then
    return api.html:status(201, "<p>" .. shared.api
      .. 'x"' .. title)
  end
  if title == "c" then return api.text("a" .. "b") end
  if title == "d" then return "a" .. title, nil end
  if title == "e" then return api.text("a" .. title):header("x-a", "b") end
  return api.text(shared.text)
end

require "module" (api)
return api
