-- A list that is only filled and returned is JSON while it is filled: no table is made.
local api = rover.server {}
local shared = {}

function api.fires.get(ctx) --[[budget]] 
  local rows = __rover.list()
  for i = 1, tonumber(__rover.query("n")) or 3 do --[[budget]] 
    do do local __rover1 = i local __rover2 do local i = i if __rover.is_text(i) then __rover2 = i else __rover2 = __rover.whole("User " .. i) end end __rover.put_vj(rows, 0, __rover1, __rover2) end do local i, n = 
i, __rover.query("n") if __rover.is_text(i) and __rover.is_text(n) then __rover.begin(rows, 2) __rover.part(rows, "<") __rover.part(rows, i) __rover.part(rows, n) __rover.part(rows, ">") __rover.finish(rows, 2) else __rover.put_v(rows, 2, "<" .. i .. n .. ">") end end __rover.put_v(rows, 3, shared.f(i)) end
  end
  if __rover.length(rows) == 0 then return (__rover.reply(1)) end
  return (__rover.reply(2, __rover.length(rows), rows))
end
function api.fires.plain.get() --[[budget]] 
  local found = __rover.list()
  for _, v in pairs(shared) do --[[budget]]  do __rover.put_v(found, -1, v) end end
  do __rover.put_v(found, 4, nil) end
  return (__rover.reply(3, found))
end
function api.fires.nested.get() --[[budget]] 
  local out = __rover.list()
  for _, v in pairs(shared) do --[[budget]] 
    local inner = __rover.list()
    do __rover.put_v(inner, -1, v.name) end
    do __rover.put_list(out, 5, inner) __rover.put_vv(out, 6, __rover.length(inner), v) end
  end
  return (__rover.reply(4, out))
end
function api.fires.wide.get() --[[budget]] 
  local rows = __rover.list()
  for _, v in pairs(shared) do --[[budget]] 
    -- Twelve values, and those that follow them.
    do __rover.put_vvvvvvvvvvvv(rows, 8, v.a, v.b, v.c, v.d, v.e, v.f, v.g, v.h, v.i, v.j, 
v.k, v.l) do local __rover1 do local m = v.m if __rover.is_text(m) then __rover1 = m else __rover1 = __rover.whole("m" .. m) end end __rover.put_j(rows, 20, __rover1) end do local o, o_ = v.o, v.o if __rover.is_text(o) and __rover.is_text(o_) then __rover.begin(rows, 21) __rover.part(rows, o) __rover.part(rows, o_) __rover.finish(rows, 21) else __rover.put_v(rows, 21, o .. o_) end end __rover.put_v(rows, 22, v.p) end
    do do local __rover1 do local v = v if __rover.is_text(v) then __rover1 = v else __rover1 = __rover.whole("<" .. v .. ">") end end __rover.put_j(rows, 23, __rover1) end end
  end
  return (__rover.reply(4, rows))
end

function api.stays.read.get(ctx) --[[budget]] 
  local read, kept, named, inner, replaced, counted, early = __rover.rows(), {}, {}, {}, {}, {}, {}
  read[#read + 1] = 1
  return (__rover.reply(5, read, read[1]))
end
function api.stays.kept.get() --[[budget]] 
  local kept = __rover.rows()
  kept[#kept + 1] = 1
  shared.kept = kept
  return kept
end
function api.stays.captured.get() --[[budget]] 
  local captured = __rover.rows()
  shared.each(function(v) --[[budget]]  captured[#captured + 1] = v end)
  return captured
end
function api.stays.assigned.get() --[[budget]] 
  local assigned = {}
  assigned[#assigned + 1] = 1
  if shared.x then assigned = shared end
  return assigned
end
-- The places that are filled are not one after the other from the first on.
function api.stays.counted.get() --[[budget]] 
  local counted = {}
  for i = 2, 3 do --[[budget]]  counted[i] = { i = i } end
  local maybe = __rover.rows()
  for i = 1, 3 do --[[budget]]  if shared[i] then maybe[i] = { i = i } end end
  local twice = __rover.rows()
  for i = 1, 3 do --[[budget]]  twice[i] = { i = i } end
  for i = 1, 2 do --[[budget]]  twice[i] = { j = i } end
  return (__rover.reply(6, counted, maybe, twice))
end
-- Its items change after they were added.
function api.stays.outlived.get() --[[budget]] 
  local out, inner = __rover.rows(), {}
  local other = __rover.rows()
  for i = 1, 3 do --[[budget]] 
    other[#other + 1] = i
    out[#out + 1] = { other = other }
  end
  return out
end
-- Made anew in a loop, and returned from there.
function api.stays.looped.get() --[[budget]] 
  while shared.more() do --[[budget]] 
    local looped = __rover.rows()
    looped[#looped + 1] = 1
    if shared.x then return looped end
  end
end
function api.stays.inserted.get() --[[budget]] 
  local list = __rover.rows()
  table.insert(list, shared.two())
  table.insert(list, 1, 2)
  return list
end
-- `table` is the program's own.
function api.stays.shadowed.get() --[[budget]] 
  local list, table = {}, shared
  local own = {}
  table.insert(own, 1)
  return own
end

return api
