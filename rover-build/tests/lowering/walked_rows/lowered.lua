-- Rows that are only walked through become no tables: in loops of a handler, and in its pages.
local db = rover.db "sqlite::memory:"
local api = rover.server {}
local list = __rover.template(48)

-- A page that gets a result, and one that gets it by a local.
function api.fires.page.get() --[[budget]] 
  return (__rover.page(0, __rover.renders[3](__rover.open(), "x", (db:__rover_all "select 1 as a, 'b' as b"))))



end
function api.fires.loc.get() --[[budget]] 
  local rows = (db):__rover_all "select 1 as a"
  local other = db:__rover_all "select 1 as a"
  if other and __rover.count(rows) > 0 then return (__rover.page(404, __rover.renders[6](__rover.open(), rows, __rover.count(rows)))) end
  return (__rover.page(0, __rover.renders[9](__rover.open(), rows, other)))
end
function api.fires.file.get() --[[budget]]  return (__rover.value(__rover.renders[50](__rover.open(), (db:__rover_all "select 1 as a")))) end
function api.fires.value.get() --[[budget]] 
  local rows = db:__rover_all "select 1 as a"
  local part = (__rover.value(__rover.renders[12](__rover.open(), rows)))
  return (__rover.page(0, __rover.renders[14](__rover.open(), part, __rover.count(rows))))
end
function api.fires.header.get() --[[budget]]  return (__rover.with_header((__rover.page(0, __rover.renders[17](__rover.open(), (db:__rover_all "select 1 as a")))), "x-a", "b")) end

-- Loops: what a list gets of a row is written as it is, everything else is read.
function api.fires.list.get() --[[budget]] 
  local rows = db:__rover_all "select 1 as a, 2 as b"
  local found = __rover.list()
  for _, row, __rows1 in __rover.walk(rows) do --[[budget]] 
    do __rover.put_vvv(found, 0, __rover.cell(__rows1, row, "a"), __rover.cell(__rows1, row, "b"), { __rover.cell(__rows1, row, "c") }) end
  end
  return (__rover.reply(1, __rover.count(rows), found))
end
function api.fires.mixed.get(ctx) --[[budget]] 
  local sum = 0
  local found = __rover.list()
  for i, row, __rows1 in __rover.walk(db:__rover_all "select 1 as a, 2 as b") do --[[budget]] 
    sum = sum + __rover.cell(__rows1, row, "a")
    if __rover.cell(__rows1, row, "b") ~= nil then do do local __rover1 = i local __rover2 = __rover.cell(__rows1, row, "a") local __rover3 do local b = __rover.cell(__rows1, row, "b") if __rover.is_text(b) then __rover3 = b else __rover3 = __rover.whole("/" .. b) end end local __rover4 = __rover.query("q") __rover.put_vvjv(found, 3, __rover1, __rover2, __rover3, __rover4) end end end
  end
  return (__rover.reply(2, sum, found))
end
function api.fires.single.get() --[[budget]] 
  local names = __rover.list()
  for _, row, __rows1 in __rover.walk(db:__rover_all "select 1 as a") do --[[budget]]  do __rover.put_cells(names, -1, __rows1, row, "a") end end
  return (__rover.reply(3, names))
end
function api.fires.nested.get() --[[budget]] 
  local out = __rover.list()
  for _, a, __rows1 in __rover.walk(db:__rover_all "select 1 as a") do --[[budget]] 
    for _, tag in ipairs(__rover.cell(__rows1, a, "tags")) do --[[budget]]  do __rover.put_v(out, -1, { __rover.cell(__rows1, a, "a"), tag }) end end
  end
  return (__rover.reply(3, out))
end
function api.fires.both.get(ctx) --[[budget]] 
  local rows = db:__rover_all "select 1 as a"
  if __rover.query("json") then return rows end
  return (__rover.page(0, __rover.renders[20](__rover.open(), rows)))
end

-- More is done with a row, or with the rows.
function __rover.component.card(__page, props) --[[budget]]  return (__rover.into(__page, __rover.renders[21](__page or __rover.open(), __rover.data(props)))) end
function api.stays.card.get() --[[budget]]  return (__rover.page(0, __rover.renders[23](__rover.open(), (db:all "select 1 as a")))) end
function api.stays.first.get() --[[budget]]  return (__rover.page(0, __rover.renders[25](__rover.open(), (db:all "select 1 as a")))) end
function api.stays.whole.get() --[[budget]]  return (__rover.page(0, __rover.renders[26](__rover.open(), __rover.page_data({ rows = db:all "select 1 as a" })))) end
function api.stays.pairs.get() --[[budget]]  return (__rover.page(0, __rover.renders[28](__rover.open(), (db:all "select 1 as a")))) end
function api.stays.inner.get() --[[budget]]  return (__rover.page(0, __rover.renders[30](__rover.open(), (db:all "select 1 as a")))) end
function api.stays.changed.get() --[[budget]]  return (__rover.page(0, __rover.renders[32](__rover.open(), (db:all "select 1 as a")))) end
function api.stays.given.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  local data = { rows = rows }
  return (__rover.page(0, __rover.renders[33](__rover.open(), __rover.page_data(data))))
end
function api.stays.one.get() --[[budget]]  return (__rover.page(0, __rover.renders[35](__rover.open(), (db:one "select 1 as a")))) end
function api.stays.either.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  return rows[1] and rows or (api.html { rows = rows } (__rover.template(36)))
end
function api.stays.other.get() --[[budget]] 
  return db:value "select 1" or (api.html { rows = db:all "select 1 as a" } (__rover.template(39)))
end
-- One of the results of the page is a table.
function api.stays.all.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  local first = rows[1]
  return (__rover.page(0, __rover.renders[43](__rover.open(), rows, (db:all "select 1 as a"))))
end
function api.stays.kept.get() --[[budget]] 
  local out = __rover.list()
  for _, row in ipairs(db:all "select 1 as a") do --[[budget]]  do __rover.put_v(out, -1, row) end end
  return (__rover.reply(3, out))
end
function api.stays.written.get() --[[budget]] 
  local rows = db:all "select 1 as a"
  for i, row in ipairs(rows) do --[[budget]]  row.n = i end
  return rows
end
function api.stays.caught.get() --[[budget]] 
  local fns, sum = __rover.rows(), 0
  for _, row in ipairs(db:all "select 1 as a") do --[[budget]]  fns[#fns + 1] = function() --[[budget]]  return row.a end end
  for _, f in ipairs(fns) do --[[budget]]  sum = sum + f() end
  return (__rover.reply(4, sum))
end
function api.stays.loop.get() --[[budget]] 
  local sum = 0
  for i = 1, 3 do --[[budget]] 
    for _, row in ipairs(db:all("select $1 as a", i)) do --[[budget]]  sum = sum + row.a end
    local rows = db:all("select $1 as a", i)
    if #rows > 1 then return rows end
  end
  return (__rover.reply(4, sum))
end
local function helper() --[[budget]] 
  local rows = db:all "select 1 as a"
  return (__rover.value(__rover.renders[46](__rover.open(), rows)))
end
function api.stays.helper.get() --[[budget]]  return (api.html(helper())) end

return api
