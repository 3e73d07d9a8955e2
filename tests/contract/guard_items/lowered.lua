-- Lists and records in checked values that are walked through by name, and others that look
-- alike. What the program becomes is `lowered.lua`.
local api = rover.server {}
local g = rover.guard
local shared = {} -- rover: per-worker
local type, each = type, ipairs

local ORDER = g:object {
  customer = g:object {
    name = g:string():required(),
    address = g:object { city = g:string():required(), zip = g:string() }:required(),
  }:required(),
  items = g:array(g:object {
    name = g:string():required(),
    price = g:number():required(),
    count = g:integer():default(1),
    gift = g:boolean():nullable(),
    note = g:string(),
    tags = g:array(g:string()):default {},
    parts = g:array(g:object { id = g:integer():required() }),
    size = g:object { w = g:number():required() }:default { w = 2 },
  }):required(),
  tags = g:array(g:string()):default { "none" },
  counts = g:array(g:integer()):default {},
  marks = g:array(g:integer():required()):default {},
  grid = g:array(g:array(g:number():required())):default {},
  maybe = g:array(g:number():nullable():required()),
  extra = g:array(),
}

-- Held.
function api.sum.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 0)
  local total, names = 0, ""
  for item = __rover.in_place_first(0, -1, 2), __rover.in_place_last(0, -1, 2) do --[[budget]] 
    total = total + __rover.in_place_number(0, item, 2) * __rover.in_place_number(0, item, 3)
    names = names .. __rover.in_place(0, item, 1) .. (__rover.in_place(0, item, 5) or "-") .. __rover.in_place_number(0, item, 264) .. (__rover.in_place(0, item, 4) == rover.null and "?" or __rover.in_place(0, item, 4) and "!" or ".")
  end
  return (__rover.reply(1, total, names, __rover.in_place_length(0, -1, 2)))
end
function api.index.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 1)
  local text = ""
  for item = __rover.in_place_first(1, -1, 2), __rover.in_place_last(1, -1, 2) do --[[budget]]  local i = item - __rover.in_place_first(1, -1, 2) + 1  text = text .. i .. __rover.in_place(1, item, 1) i = 7 end
  for i = 1, __rover.in_place_length(1, -1, 2) do --[[budget]]  text = text .. ":" .. i end
  for i = 1, __rover.in_place_length(1, -1, 3) do --[[budget]]  text = text .. "/" .. i end
  return text
end
function api.count.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 2)
  local total = 0
  for i = 1, __rover.in_place_length(2, -1, 2) do --[[budget]] 
    local item = __rover.in_place_first(2, -1, 2) + i - 1
    if __rover.in_place(2, item, 5) == "stop" then break end
    for j = 1, __rover.in_place_length(2, item, 6) do --[[budget]]  total = total + #__rover.in_place(2, __rover.in_place_first(2, item, 6) + j - 1, 0) + __rover.in_place_length(2, __rover.in_place_first(2, -1, 2) + i - 1, 6) end
    total = total + __rover.in_place_number(2, __rover.in_place_first(2, -1, 2) + i - 1, 2)
  end
  return (__rover.reply(2, total))
end
function api.tags.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 3)
  local found = __rover.list()
  for item = __rover.in_place_first(3, -1, 2), __rover.in_place_last(3, -1, 2) do --[[budget]]  local i = item - __rover.in_place_first(3, -1, 2) + 1 
    for tag = __rover.in_place_first(3, item, 6), __rover.in_place_last(3, item, 6) do --[[budget]]  local j = tag - __rover.in_place_first(3, item, 6) + 1 local tag = __rover.in_place(3, tag, 0) 
      tag = tag .. "!"
      local add = function() --[[budget]]  return i .. tag end
      do do local value, j = add(), j if __rover.is_text(value) and __rover.is_text(j) then __rover.begin(found, -1) __rover.part(found, value) __rover.part(found, j) __rover.finish(found, -1) else __rover.put_v(found, -1, value .. j) end end end
    end
  end
  for tag = __rover.in_place_first(3, -1, 3), __rover.in_place_last(3, -1, 3) do --[[budget]]  local tag = __rover.in_place(3, tag, 0)  do __rover.put_v(found, -1, tag) end end
  for mark = __rover.in_place_first(3, -1, 5), __rover.in_place_last(3, -1, 5) do --[[budget]]  local mark = __rover.in_place_number(3, mark, 0)  do __rover.put_v(found, -1, mark) end end
  return (__rover.reply(3, found))
end
function api.names.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 4)
  local customer, items = nil, nil
  local address = nil
  local rows, longest = __rover.rows(), 0
  repeat --[[budget]] 
    local first = 0
    for item = __rover.in_place_first(4, -1, 2), __rover.in_place_last(4, -1, 2) do --[[budget]] 
      local size, tags = __rover.in_place_at(4, item, 8), __rover.in_place_at(4, item, 6)
      first = first + __rover.in_place_number(4, size, 1) + __rover.in_place_length(4, tags, 0)
      rows[#rows + 1] =  __rover.order(1, { name = __rover.in_place(4, item, 1), note = __rover.in_place(4, item, 5), gift = __rover.in_place(4, item, 4), width = __rover.in_place_number(4, size, 1) })
    end
    longest = first
  until longest >= first
  return (__rover.reply(4, rows, longest, __rover.in_place_length(4, -1, 2)))
end
function api.grid.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 5)
  local sum, cells = 0, 0
  for row = __rover.in_place_first(5, -1, 6), __rover.in_place_last(5, -1, 6) do --[[budget]]  local i = row - __rover.in_place_first(5, -1, 6) + 1 
    for cell = __rover.in_place_first(5, row, 0), __rover.in_place_last(5, row, 0) do --[[budget]]  local j = cell - __rover.in_place_first(5, row, 0) + 1 local cell = __rover.in_place_number(5, cell, 0)  sum = sum + i * j * cell end
    cells = cells + __rover.in_place_length(5, row, 0)
  end
  return (__rover.reply(5, sum, cells))
end
function api.list.post(ctx) --[[budget]] 
  local names = __rover.check_in_place(0, 1, 6)
  local text = ""
  for one = __rover.in_place_first(6, -1, 0), __rover.in_place_last(6, -1, 0) do --[[budget]]  text = text .. __rover.in_place(6, one, 1) end
  return (__rover.reply(6, text, __rover.in_place_length(6, -1, 0)))
end
function api.echo.post(ctx) --[[budget]] 
  local tags = __rover.expect(0, 2)
  return tags
end
function api.back.post(ctx) --[[budget]] 
  local tagged = __rover.check_in_place(0, 3, 7)
  return (__rover.reply(7, __rover.in_place_length(7, -1, 1)))
end
function api.each.post(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 8)
  local total = 0
  for item = __rover.in_place_first(8, -1, 2), __rover.in_place_last(8, -1, 2) do --[[budget]]  total = total + __rover.in_place_number(8, item, 2) end
  return (__rover.reply(2, total))
end
local function helper(ctx) --[[budget]] 
  local order = __rover.check_in_place(0, 0, 9)
  local total = 0
  for item = __rover.in_place_first(9, -1, 2), __rover.in_place_last(9, -1, 2) do --[[budget]]  total = total + __rover.in_place_number(9, item, 2) end
  return total
end
function api.helper.post(ctx) --[[budget]]  return (__rover.reply(8, helper(ctx), (helper(ctx)))) end
function api.query.get(ctx) --[[budget]] 
  local query = __rover.check_in_place(1, 4, 10)
  local text = ""
  for tag = __rover.in_place_first(10, -1, 1), __rover.in_place_last(10, -1, 1) do --[[budget]]  local tag = __rover.in_place(10, tag, 0)  text = text .. tag .. "," end
  for id = __rover.in_place_first(10, -1, 2), __rover.in_place_last(10, -1, 2) do --[[budget]]  local id = __rover.in_place_number(10, id, 0)  text = text .. id .. ";" end
  return text
end

-- Not held: a table is made.
function api.fails.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  for _, item in ipairs(order.items) do --[[budget]] 
    if item.count > 5 then
      return (api.error(409, "Too many of " .. item.name))
    end
    local ok = pcall(error, item)
  end
  return (__rover.reply(9))
end
function api.passed.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local kept = __rover.list()
  for _, item in ipairs(order.items) do --[[budget]]  do __rover.put_v(kept, -1, item) end end
  return (__rover.reply(10, kept))
end
function api.changed.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  for _, item in ipairs(order.items) do --[[budget]]  item.price = item.price * 2 end
  return (__rover.reply(11, order.items[1].price))
end
function api.replaced.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local last
  for _, item in ipairs(order.items) do --[[budget]] 
    last = item.name
    item = { name = "other" }
    last = last .. item.name
  end
  return (__rover.reply(12, last))
end
function api.later.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  for _, item in ipairs(order.items) do --[[budget]]  shared.f = function() --[[budget]]  return item.name end end
  return (__rover.reply(13, shared.f and shared.f()))
end
function api.holes.get(ctx) --[[budget]] 
  local query = __rover.expect(1, 5)
  local seen = ""
  for i, count in ipairs(query.count) do --[[budget]]  seen = seen .. i .. ":" .. count .. " " end
  return seen
end
function api.absent.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local count = 0
  for _, item in ipairs(order.items) do --[[budget]] 
    for _, part in ipairs(item.parts or {}) do --[[budget]]  count = count + part.id end
  end
  return (__rover.reply(14, count, order.maybe and #order.maybe))
end
function api.missing.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local sum = 0
  for _, number in ipairs(order.maybe) do --[[budget]]  sum = sum + number end
  return (__rover.reply(15, sum))
end
function api.beyond.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local text = ""
  for i = 0, #order.items do --[[budget]]  text = text .. type(order.items[i]) end
  for i = 1, #order.tags do --[[budget]]  text = text .. type(order.items[i]) end
  return text
end
function api.moved.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local text = ""
  for i = 1, #order.items do --[[budget]] 
    text = text .. order.items[i].name
    i = i + 1
    text = text .. type(order.items[i])
  end
  return text
end
function api.own.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local ipairs = function(list) --[[budget]]  return function(l, i) --[[budget]]  if not i then return 1, { name = #l } end end, list end
  for _, item in ipairs(order.items) do --[[budget]]  return (__rover.reply(13, item.name)) end
end
function api.shadow.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local text = ""
  for _, item in ipairs(order.items) do --[[budget]] 
    for item, tag in ipairs(item.tags) do --[[budget]]  text = text .. item .. tag end
  end
  return text
end
function api.any.post(ctx) --[[budget]] 
  local order = __rover.expect(0, 0)
  local text = ""
  for _, value in ipairs(order.extra or {}) do --[[budget]]  text = text .. type(value) end
  return (__rover.reply(16, text, order.extra))
end

return api
