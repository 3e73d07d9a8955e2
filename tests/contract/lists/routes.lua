-- Lists that are only returned, and the values that their items can have.
local api = rover.server {}
local books = {
  { title = "Molloy", tags = { "novel", "fr" } },
  { title = "Wasp\"s\n", tags = {} },
  { title = "naïve" },
}

function api.rows.get(ctx)
  local rows = {}
  for i = 1, tonumber(ctx:query().n) or 2 do
    rows[i] = { id = i, name = "User " .. i, half = i / 2, even = i % 2 == 0, kind = "row" }
  end
  return { count = #rows, rows = rows }
end

function api.absent.get()
  local rows = {}
  for i = 1, 4 do
    rows[#rows + 1] = {
      a = i % 2 == 0 and i or nil,
      b = i > 2 and "b" or nil,
      nested = { c = i == 3 and i or nil, d = "d" },
    }
  end
  return rows
end

function api.nested.get()
  local out = rover.array()
  for _, book in ipairs(books) do
    local tags = {}
    for _, tag in ipairs(book.tags or {}) do table.insert(tags, (tag:upper())) end
    out[#out + 1] = { title = book.title, tags = rover.array(tags), count = #tags, raw = book.tags, null = rover.null }
  end
  return api.json:status(201, { books = out })
end

function api.scalars.get()
  local list = {}
  for _, v in ipairs { 1, 0.1, -0.5, 19.99, 1e300, "x", "\1\"\\", true, false, { 1 }, {} } do list[#list + 1] = v end
  list[#list + 1] = nil
  list[#list + 1] = 0 / 0
  return list
end

function api.joined.get(ctx)
  local q, list = ctx:query(), {}
  list[#list + 1] = "<" .. q.a .. ">"
  list[#list + 1] = { text = "a" .. 1.5 .. q.a .. -0 .. 1e14 .. "é" .. 12 }
  list[#list + 1] = { text = "n" .. 0.1 }
  return list
end

-- The parts are not UTF-8, and the whole is.
function api.halves.get()
  local first, second, list = "\195", "\169", {}
  list[#list + 1] = first .. second
  list[#list + 1] = "x" .. first .. second .. "y"
  return list
end

-- Changed after it was added: what counts is what it is in the end.
function api.late.get()
  local shared, list = { n = 1 }, {}
  list[#list + 1] = { shared = shared }
  list[#list + 1] = shared
  shared.n = 2
  return list
end

function api.empty.p_kind.get(ctx)
  local list, array = {}, rover.array()
  if ctx:params().kind == "full" then
    list[#list + 1] = 1
    array[#array + 1] = 1
  end
  return { list = list, array = array }
end

-- More values than one call writes, some of them absent.
function api.wide.get()
  local list = {}
  for i = 1, 3 do
    local odd = i % 2 == 1 or nil
    list[#list + 1] = {
      a = odd, b = odd and "b", c = i / 4, d = "d" .. i, e = i > 2, f = odd and { i }, g = "g" .. i / 8 .. "\"",
      h = rover.null, i = -i, j = i * 1e20, k = odd, l = 1 / 3, m = "x" .. -i .. "y", n = "", o = i .. "",
      p = { deep = "é" .. i, deeper = { q = odd } },
    }
  end
  return list
end

-- What is no text decides by itself what it is joined to.
local joins = setmetatable({}, { __concat = function(a, b)
  if type(b) == "table" then return b.as end
  return a.as
end })
function api.joins.get()
  local list = {}
  for _, as in ipairs { 1.5, "text", true, { 1 } } do
    local part = setmetatable({ as = as }, getmetatable(joins))
    list[#list + 1] = { as = "a" .. part, after = part .. "b", n = "n" .. 1 }
    list[#list + 1] = "a" .. part
  end
  local part = setmetatable({}, getmetatable(joins))
  list[#list + 1] = { as = "a" .. part, after = part .. "b", n = "n" .. 2 }
  list[#list + 1] = "a" .. part
  list[#list + 1] = { zero = "z" .. 0 / -1, half = "h" .. 0.5, large = "l" .. 2 ^ 31, small = "s" .. -2 ^ 31 }
  return list
end

-- The first error counts, which is not that of the missing body.
function api.broken.order.get(ctx)
  local list, none = {}, ctx:query().missing
  list[#list + 1] = { first = 1, second = "x" .. none, third = ctx:body():json() }
  return list
end

function api.broken.p_kind.get(ctx)
  local list, kind = {}, ctx:params().kind
  list[#list + 1] = { ok = true }
  list[#list + 1] = { deep = { v = kind == "function" and print or "cut \195" } }
  return { list = list }
end

function api.broken.concat.get(ctx)
  local list = {}
  list[#list + 1] = { name = "User " .. ctx:query().missing }
  return list
end

return api
