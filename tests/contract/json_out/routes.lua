-- Contract section 6, out.
local api = rover.server {}

local loop = {}
loop.self = loop

local deep = {}
local at = deep
for _ = 1, 127 do
  at.x = {}
  at = at.x
end
local too_deep = { x = deep }

local values = {
  array = { 1, 2, 3 },
  empty = {},
  empty_array = rover.array(),
  marked = rover.array {},
  marked_twice = rover.array(rover.array {}),
  nested = { list = {}, items = rover.array { { id = 1 }, { id = 2 } } },
  gap = { 1, nil, 3 },
  mixed = { 1, 2, x = 3 },
  nulls = { a = rover.null, b = nil, c = 1 },
  null_in_array = { 1, rover.null, 3 },
  order = { zebra = 1, apple = 2, mango = 3, banana = 4 },
  escapes = { text = '"\\/\b\f\n\r\t\1\31\127é€😀' },
  booleans = { yes = true, no = false },
  numeric_keys = { [10] = "ten" },
}
for name, value in pairs(values) do api.v[name].get = function() return value end end

function api.numbers.get()
  return {
    0, -0, 1, -1, 1.5, 0.1, 1e15, 2 ^ 53, 2 ^ 53 + 2, 1e21, 1e300, 1e-7, 123456789.125,
    0 / 0, 1 / 0, -1 / 0, 5e-324,
  }
end
function api.order2.get()
  local row = { id = 1, title = "t", author = "a" }
  row.year = 1900
  return { row, { id = 2, title = "u", author = "b" } }
end
function api.order3.get() return { title = "contradicts", id = 1 } end
function api.order4.get() return { b = { d = 1, c = 2 }, a = { c = 3, d = 4 } } end

local errors = {
  func = { a = { b = print } },
  cycle = loop,
  deep = too_deep,
  key = { [true] = 1 },
}
for name, value in pairs(errors) do
  api.e[name].get = function() return value end
end
local not_utf8 = {
  value = { rows = { { name = "ok" }, { name = "\255" }, { name = "caf\195!" } } },
  key = { ["\255"] = 1 },
}
for name, value in pairs(not_utf8) do api.utf8[name].get = function() return value end end
function api.e.ctx.get(ctx) return { kept = ctx } end
function api.e.ctx_itself.get(ctx) return ctx end
function api.e.ctx_in_list.get(ctx)
  local list = {}
  for i = 1, 2 do list[i] = { kept = ctx } end
  return list
end
function api.deep.get() return deep end
function api.log.get(ctx)
  return "x"
end
function api.meta.get()
  return setmetatable({ a = 1 }, { __index = { hidden = true } })
end

return api
