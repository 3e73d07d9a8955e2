-- What can only be a list is `[]` when it is empty.
local api = rover.server {}
local insert = table.insert

local function numbers(ctx) return tonumber(ctx:query().n) or 0 end
local log = {} -- rover: per-worker
function api.log.get() return log end
function api.log.post(ctx) log[#log + 1] = ctx:body():text() return api.no_content() end

function api.plain.get(ctx)
  local rows = {}
  for i = 1, numbers(ctx) do rows[#rows + 1] = i end
  return rows
end
function api.field.get(ctx)
  local rows, more = {}, {}
  for i = 1, numbers(ctx) do insert(rows, { id = i }) more[i] = tostring(i) end
  return { rows = rows, more = more, count = #rows, none = {} }
end
-- Not lowered: it is sorted, and goes through a function.
local function sorted(ctx)
  local out = {}
  for i = 1, numbers(ctx) do out[#out + 1] = -i end
  table.sort(out)
  return out
end
function api.helper.get(ctx)
  local rows = sorted(ctx)
  local data = {}
  data.rows = rows
  return api.json(data)
end
local function collect(n, out)
  if n == 0 then return end
  out[#out + 1] = n
  collect(n - 1, out)
end
function api.collected.get(ctx)
  local out = {}
  collect(numbers(ctx), out)
  return { out = out, text = rover.json.encode(out) }
end
function api.mapped.get(ctx)
  local out, source = {}, sorted(ctx)
  for i, value in ipairs(source) do out[i] = value * 2 end
  return { out = out }
end
function api.nested.get(ctx)
  local groups = {}
  for i = 1, 2 do
    local items = {}
    for j = 1, numbers(ctx) do items[#items + 1] = j end
    groups[#groups + 1] = { name = "g" .. i, items = items }
  end
  return groups
end
-- What else is written into makes it a table like any other.
function api.mixed.get(ctx)
  local t = {}
  for i = 1, numbers(ctx) do t[#t + 1] = i end
  if ctx:query().name then t.name = ctx:query().name end
  return t
end
function api.keyed.get(ctx)
  local t = {}
  for name, value in pairs(ctx:query()) do t[name] = value end
  return t
end
local function named(t, name) if name then t.name = name end end
function api.passed.get(ctx)
  local t = {}
  for i = 1, numbers(ctx) do t[#t + 1] = i end
  named(t, ctx:query().name)
  return { t = t }
end
local function made(ctx)
  local t = {}
  for i = 1, numbers(ctx) do t[#t + 1] = i end
  return t
end
function api.taken.get(ctx)
  local t = made(ctx)
  if ctx:query().name then t.name = ctx:query().name end
  return { t = t }
end
function api.empty.get() local t = {} return { t = t } end

return api
