-- Rows that are walked through where the driver has left them: what the compiler calls in place of reads of
-- tables. A result is the table that stands for it: [1] its number, [3] how many rows it has, [4] what was read of its
-- values in JSON, by their places. A row is its number.
local R = ...
local written, native, direct, page = R.written, R.native, R.direct, R.html_sides.direct
if not written.rows_cell then return end
local ffi = require "ffi"

local vm = ffi.cast("void *", written.vm)
local function c(name) return ffi.cast(written.declarations[name], written[name]) end
local cell = c("rows_cell")
local print = c("rows_print")
local item = c("rows_item")
local numbers = c("numbers")
local texts = c("texts")
local lengths = c("lengths")
local text_of, value_at, put = ffi.string, native.rows_value, page.put
local gmatch, rep, unpack = string.gmatch, string.rep, unpack

-- `for i, row in ipairs(rows) do`: the loop gets the result, too.
local function next_row(rows, at)
  if at < rows[3] then return at + 1, at + 1, rows end
end
local function walk(rows) return next_row, rows, 0 end

local function json(rows)
  local read, place = rows[4], numbers[0]
  if not read then
    read = {}
    rows[4] = read
  end
  local value = read[place]
  if value == nil then
    value = value_at(rows[1], place)
    read[place] = value
  end
  return value
end

-- `row.name`
local function read_cell(rows, row, name)
  local kind = cell(vm, rows[1], row, name, #name)
  if kind == 4 then return text_of(texts[0], lengths[0])
  elseif kind == 3 then return numbers[0]
  elseif kind == 0 then return nil
  elseif kind < 3 then return kind == 2
  end
  return json(rows)
end

function direct.count(rows) return rows[3] end
direct.walk, direct.cell = walk, read_cell
page.walk, page.cell, page.count = walk, read_cell, direct.count

-- `{{ row.name }}`
function page.put_cell(buffer, step, rows, row, name)
  if print(vm, buffer, step, rows[1], row, name, #name) then return end
  put(buffer, step, read_cell(rows, row, name))
end

-- `list[#list + 1] = { id = row.id, name = row.name }`
function direct.put_cells(list, at, rows, row, names)
  if item(vm, list, at, rows[1], row, names, #names) then return end
  local values, last = {}, 0
  for name in gmatch(names, "[^%z]+") do
    last = last + 1
    values[last] = read_cell(rows, row, name)
  end
  direct["put_" .. rep("v", last)](list, at, unpack(values, 1, last))
end
