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
function api.sum.post(ctx)
  local order = ctx:body():expect(ORDER)
  local total, names = 0, ""
  for _, item in ipairs(order.items) do
    total = total + item.price * item.count
    names = names .. item.name .. (item.note or "-") .. item.size.w .. (item.gift == rover.null and "?" or item.gift and "!" or ".")
  end
  return { total = total, names = names, lines = #order.items, city = order.customer.address.city }
end
function api.index.post(ctx)
  local order = ctx:body():expect(ORDER)
  local text = ""
  for i, item in ipairs(order.items) do text = text .. i .. item.name i = 7 end
  for i in ipairs(order.items) do text = text .. ":" .. i end
  for i, _ in pairs(order.tags) do text = text .. "/" .. i end
  return text
end
function api.count.post(ctx)
  local order = ctx:body():expect(ORDER)
  local total = 0
  for i = 1, #order.items do
    local item = order.items[i]
    if item.note == "stop" then break end
    for j = 1, #item.tags do total = total + #item.tags[j] + #order.items[i].tags end
    total = total + order.items[i].price
  end
  return { total = total }
end
function api.tags.post(ctx)
  local order = ctx:body():expect(ORDER)
  local found = {}
  for i, item in ipairs(order.items) do
    for j, tag in ipairs(item.tags) do
      tag = tag .. "!"
      local add = function() return i .. tag end
      found[#found + 1] = add() .. j
    end
  end
  for _, tag in ipairs(order.tags) do found[#found + 1] = tag end
  for _, mark in pairs(order.marks) do found[#found + 1] = mark end
  return { found = found }
end
function api.names.post(ctx)
  local order = ctx:body():expect(ORDER)
  local customer, items = order.customer, order.items
  local address = customer.address
  local rows, longest = {}, 0
  repeat
    local first = 0
    for _, item in ipairs(items) do
      local size, tags = item.size, item.tags
      first = first + size.w + #tags
      rows[#rows + 1] = { name = item.name, note = item.note, gift = item.gift, width = size.w }
    end
    longest = first
  until longest >= first
  return { rows = rows, customer = customer, zip = address.zip, longest = longest, count = #items }
end
function api.grid.post(ctx)
  local order = ctx:body():expect(ORDER)
  local sum, cells = 0, 0
  for i, row in ipairs(order.grid) do
    for j, cell in ipairs(row) do sum = sum + i * j * cell end
    cells = cells + #row
  end
  return { sum = sum, cells = cells }
end
function api.list.post(ctx)
  local names = ctx:body():expect(g:array(g:object { name = g:string():required() }))
  local text = ""
  for _, one in ipairs(names) do text = text .. one.name end
  return { text = text, count = #names }
end
function api.echo.post(ctx)
  local tags = ctx:body():expect { tags = g:array(g:string()):default {} }
  return tags
end
function api.back.post(ctx)
  local tagged = ctx:body():expect { tags = g:array(g:string()):default {}, address = g:object { city = g:string(), zip = g:string() } }
  return { back = tagged, count = #tagged.tags, again = tagged.address }
end
function api.each.post(ctx)
  local order = ctx:body():expect(ORDER)
  local total = 0
  for _, item in each(order.items) do total = total + item.price end
  return { total = total }
end
local function helper(ctx)
  local order = ctx:body():expect(ORDER)
  local total = 0
  for _, item in ipairs(order.items) do total = total + item.price end
  return total
end
function api.helper.post(ctx) return { total = helper(ctx), again = helper(ctx) } end
function api.query.get(ctx)
  local query = ctx:query():expect { tag = g:array(g:string()):default {}, id = g:array(g:integer():required()):default {} }
  local text = ""
  for _, tag in ipairs(query.tag) do text = text .. tag .. "," end
  for _, id in ipairs(query.id) do text = text .. id .. ";" end
  return text
end

-- Not held: a table is made.
function api.fails.post(ctx)
  local order = ctx:body():expect(ORDER)
  for _, item in ipairs(order.items) do
    if item.count > 5 then
      return api.error(409, "Too many of " .. item.name)
    end
    local ok = pcall(error, item)
  end
  return { ok = true }
end
function api.passed.post(ctx)
  local order = ctx:body():expect(ORDER)
  local kept = {}
  for _, item in ipairs(order.items) do kept[#kept + 1] = item end
  return { kept = kept }
end
function api.changed.post(ctx)
  local order = ctx:body():expect(ORDER)
  for _, item in ipairs(order.items) do item.price = item.price * 2 end
  return { first = order.items[1].price }
end
function api.replaced.post(ctx)
  local order = ctx:body():expect(ORDER)
  local last
  for _, item in ipairs(order.items) do
    last = item.name
    item = { name = "other" }
    last = last .. item.name
  end
  return { last = last }
end
function api.later.post(ctx)
  local order = ctx:body():expect(ORDER)
  for _, item in ipairs(order.items) do shared.f = function() return item.name end end
  return { name = shared.f and shared.f() }
end
function api.holes.get(ctx)
  local query = ctx:query():expect { count = g:array(g:integer()):default {} }
  local seen = ""
  for i, count in ipairs(query.count) do seen = seen .. i .. ":" .. count .. " " end
  return seen
end
function api.absent.post(ctx)
  local order = ctx:body():expect(ORDER)
  local count = 0
  for _, item in ipairs(order.items) do
    for _, part in ipairs(item.parts or {}) do count = count + part.id end
  end
  return { count = count, maybe = order.maybe and #order.maybe }
end
function api.missing.post(ctx)
  local order = ctx:body():expect(ORDER)
  local sum = 0
  for _, number in ipairs(order.maybe) do sum = sum + number end
  return { sum = sum }
end
function api.beyond.post(ctx)
  local order = ctx:body():expect(ORDER)
  local text = ""
  for i = 0, #order.items do text = text .. type(order.items[i]) end
  for i = 1, #order.tags do text = text .. type(order.items[i]) end
  return text
end
function api.moved.post(ctx)
  local order = ctx:body():expect(ORDER)
  local text = ""
  for i = 1, #order.items do
    text = text .. order.items[i].name
    i = i + 1
    text = text .. type(order.items[i])
  end
  return text
end
function api.own.post(ctx)
  local order = ctx:body():expect(ORDER)
  local ipairs = function(list) return function(l, i) if not i then return 1, { name = #l } end end, list end
  for _, item in ipairs(order.items) do return { name = item.name } end
end
function api.shadow.post(ctx)
  local order = ctx:body():expect(ORDER)
  local text = ""
  for _, item in ipairs(order.items) do
    for item, tag in ipairs(item.tags) do text = text .. item .. tag end
  end
  return text
end
function api.any.post(ctx)
  local order = ctx:body():expect(ORDER)
  local text = ""
  for _, value in ipairs(order.extra or {}) do text = text .. type(value) end
  return { text = text, extra = order.extra }
end

return api
