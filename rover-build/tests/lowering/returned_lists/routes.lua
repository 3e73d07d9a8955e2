-- A list that is only filled and returned is JSON while it is filled: no table is made.
local api = rover.server {}
local shared = {}

function api.fires.get(ctx)
  local rows = {}
  for i = 1, tonumber(ctx:query().n) or 3 do
    rows[i] = { id = i, name = "User " .. i, -- a comment
      mail = "<" .. i .. ctx:query().n .. ">", kind = "row", last = shared.f(i) }
  end
  if #rows == 0 then return api.error(404, "No rows") end
  return { count = #rows, rows = rows }
end
function api.fires.plain.get()
  local found = rover.array()
  for _, v in pairs(shared) do found[#found + 1] = v end
  table.insert(found, { constant = true })
  return api.json:status(201, found)
end
function api.fires.nested.get()
  local out = {}
  for _, v in pairs(shared) do
    local inner = {}
    inner[#inner + 1] = v.name
    out[#out + 1] = { inner = rover.array(inner), n = #inner, v = v }
  end
  return out
end
function api.fires.wide.get()
  local rows = {}
  for _, v in pairs(shared) do
    -- Twelve values, and those that follow them.
    rows[#rows + 1] = { a = v.a, b = v.b, c = v.c, d = v.d, e = v.e, f = v.f, g = v.g, h = v.h, i = v.i, j = v.j,
      k = v.k, l = v.l, m = "m" .. v.m, n = { kind = "row", o = v.o .. v.o, p = v.p } }
    rows[#rows + 1] = "<" .. v .. ">"
  end
  return rows
end

function api.stays.read.get(ctx)
  local read, kept, named, inner, replaced, counted, early = {}, {}, {}, {}, {}, {}, {}
  read[#read + 1] = 1
  return { read = read, first = read[1] }
end
function api.stays.kept.get()
  local kept = {}
  kept[#kept + 1] = 1
  shared.kept = kept
  return kept
end
function api.stays.captured.get()
  local captured = {}
  shared.each(function(v) captured[#captured + 1] = v end)
  return captured
end
function api.stays.assigned.get()
  local assigned = {}
  assigned[#assigned + 1] = 1
  if shared.x then assigned = shared end
  return assigned
end
-- The places that are filled are not one after the other from the first on.
function api.stays.counted.get()
  local counted = {}
  for i = 2, 3 do counted[i] = { i = i } end
  local maybe = {}
  for i = 1, 3 do if shared[i] then maybe[i] = { i = i } end end
  local twice = {}
  for i = 1, 3 do twice[i] = { i = i } end
  for i = 1, 2 do twice[i] = { j = i } end
  return { counted = counted, maybe = maybe, twice = twice }
end
-- Its items change after they were added.
function api.stays.outlived.get()
  local out, inner = {}, {}
  local other = {}
  for i = 1, 3 do
    other[#other + 1] = i
    out[#out + 1] = { other = other }
  end
  return out
end
-- Made anew in a loop, and returned from there.
function api.stays.looped.get()
  while shared.more() do
    local looped = {}
    looped[#looped + 1] = 1
    if shared.x then return looped end
  end
end
function api.stays.inserted.get()
  local list = {}
  table.insert(list, shared.two())
  table.insert(list, 1, 2)
  return list
end
-- `table` is the program's own.
function api.stays.shadowed.get()
  local list, table = {}, shared
  local own = {}
  table.insert(own, 1)
  return own
end

return api
