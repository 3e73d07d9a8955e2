-- What the compiler's rewriting calls.
local R = ...
local native, direct, pending, check_header = R.native, R.direct, R.pending, R.check_header
local http_error = R.http.error
local ffi = require "ffi"

local raise, type, tostring, setmetatable, loadstring = R.raise, type, tostring, setmetatable, loadstring
local format, gsub, match, sub, concat = string.format, string.gsub, string.match, string.sub, table.concat
local tobit = bit.tobit

-- Tables from constructors whose order of fields contradicts others are marked with the
-- number of their order.
local marked = setmetatable({}, { __mode = "k" })
function direct.order(number, t)
  marked[t] = number
  return t
end

-- A table that can only be a list: JSON writes `[]` where it is empty.
local List = {}
function direct.rows() return setmetatable({}, List) end
R.List = List

-- `api.json { ... }:header(name, value)`, where the answer is written already.
function direct.with_header(answer, name, value)
  direct.reply_header(name, check_header(name, value))
  return answer
end

-- What lowered code calls in Rust. Compiled traces call these functions directly.
local vm = ffi.cast("void *", R.written.vm)
local function c(name) return ffi.cast(R.written.declarations[name], R.written[name]) end

-- Reads of the request: each gives the address of a text, which is copied at once.
local size = ffi.new "uint32_t[1]"
local text_of = ffi.string

local read_field = c("field")
for number, name in ipairs(R.fields) do
  direct[name] = function()
    local text = read_field(vm, number, size)
    return text ~= nil and text_of(text, size[0]) or nil
  end
end

local read_body = c("raw_body")
function direct.raw_body()
  local text = read_body(vm, size)
  return text ~= nil and text_of(text, size[0]) or nil
end

for _, name in ipairs { "param", "query", "header", "cookie" } do
  local read = c(name)
  direct[name] = function(key)
    local text = read(vm, key, #key, size)
    return text ~= nil and text_of(text, size[0]) or nil
  end
end

local function bad_body(message)
  http_error(400, message and "Malformed JSON: " .. message or "Request has no body")
end

-- The native gives the value, or a status and what is wrong.
local body_json = direct.body_json
function direct.body_json()
  local value, status, message = body_json()
  if status then
    if status == 413 then http_error(status, message) end
    bad_body(message)
  end
  return value
end

-- A local that holds the body, where a method is called on it.
function direct.or_400(body)
  if body == nil then return R.missing_body end
  return body
end

function direct.body_raw()
  local body = direct.raw_body()
  if body == nil then bad_body() end
  return body
end

function direct.body_text() return native.lossy(direct.body_raw()) end

-- Lists that are written while they are built; a value with parts waits until the response
-- is made.
local list = c("list")
local length = c("length")
local reserve = c("reserve")
local run = c("run")
local put_list = c("put_list")
local numbers = c("numbers")
local texts = c("texts")
local lengths = c("lengths")
local begin = c("begin")
local part = c("part")
local part_number = c("part_number")
local finish = c("finish")

local next_budget = c("budget")
local over = c("over")
local deep = c("deep")
local limit = c("limit")

-- What loops and functions call when their budget is used up: gives a new one.
function direct.check()
  local budget = next_budget(vm)
  if budget > 0 then
    if over(vm) then raise("not enough memory") end
    if deep(vm) then raise("stack overflow (calls through C are nested too deep)") end
    return budget
  end
  raise(format("the handler's deadline of %g s has passed", limit(vm) / 1000))
end

-- Parts of the request that were checked stay where they were laid out. A place in them is
-- a holder's number, the number of a slot or -1 for the value itself, and a path of fields
-- from there.
local in_place_fits = c("in_place_fits")
local in_place_kind = c("in_place_kind")
local in_place_number = c("in_place_number")
local in_place_text = c("in_place_text")
local in_place_first = c("in_place_first")
local in_place_length = c("in_place_length")
local in_place_at = c("in_place_at")
local null = native.null

-- The native raises what is wrong.
local check_in_place = direct.check_in_place
function direct.check_in_place(source, schema, holder)
  if not in_place_fits(vm, source, schema, holder) then check_in_place(source, schema, holder) end
end

function direct.in_place_number(holder, base, path) return in_place_number(vm, holder, base, path) end
function direct.in_place_first(holder, base, path) return in_place_first(vm, holder, base, path) end
function direct.in_place_length(holder, base, path) return in_place_length(vm, holder, base, path) end
function direct.in_place_at(holder, base, path) return in_place_at(vm, holder, base, path) end
function direct.in_place_last(holder, base, path)
  return in_place_first(vm, holder, base, path) + in_place_length(vm, holder, base, path) - 1
end

local in_place_value = direct.in_place_value
function direct.in_place(holder, base, path)
  local kind = in_place_kind(vm, holder, base, path)
  if kind == 5 then
    local text = in_place_text(vm, holder, base, path, size)
    return text_of(text, size[0])
  elseif kind == 4 then return in_place_number(vm, holder, base, path)
  elseif kind == 0 then return nil
  elseif kind == 1 then return null
  elseif kind < 4 then return kind == 3
  end
  -- What has parts is only read where a constructor did not become a template.
  return in_place_value(holder, path)
end

function direct.list() return list(vm) end
function direct.length(to) return length(vm, to) end
function direct.put_list(to, at, inner) put_list(vm, to, at, inner) end

-- What writes the values of an item is made where it is first called, for each row of values
-- that the program has: `put_vj` takes a value and, after it, what is the only part of a
-- string that is not constant. The values go into slots; what they are is told in one
-- number, four bits for each (see `row.rs`).
local value = [[
  if kind == "number" then numbers[$slot] = $value kinds = kinds + $number
  elseif kind == "string" then texts[$slot] = $value lengths[$slot] = #$value kinds = kinds + $string
  elseif $value == nil then kinds = kinds + $absent
  elseif kind == "boolean" then kinds = kinds + ($value and $true or $false)
  else
    local place = reserve(vm)
    pending[place] = $value
    numbers[$slot] = place
    kinds = kinds + $waiting
  end
]]
-- An integer of 32 bits needs no string of its own.
local joined = [[
  if kind == "number" and tobit($value) == $value then
    numbers[$slot] = $value
    kinds = kinds + $integer_part
  elseif kind == "table" then
    local whole = $value[1]
    kind = type(whole)
    $whole
  else
    if kind == "number" then $value = tostring($value) end
    texts[$slot] = $value
    lengths[$slot] = #$value
    kinds = kinds + $string_part
  end
]]
local KINDS = {
  absent = 1, number = 2, string = 3, ["false"] = 4, ["true"] = 5, waiting = 6,
  string_part = 7, integer_part = 8,
}
local WHOLE = 8

-- The text that writes one value of a row; `more` is added to what it is.
local function slot(text, name, at, more)
  return (gsub(text, "%$([%a_]+)", function(word)
    if word == "slot" then return tostring(at)
    elseif word == "value" then return name
    elseif word == "whole" then return slot(value, "whole", at, WHOLE)
    end
    return format("%.0f", (KINDS[word] + more) * 16 ^ at)
  end))
end

local function writer(letters)
  local names, body = {}, {}
  for at = 0, #letters - 1 do
    local name = "v" .. at
    local text = sub(letters, at + 1, at + 1) == "j" and joined or value
    names[at + 1] = name
    body[at + 1] = format("kind = type(%s)\n", name) .. slot(text, name, at, 0)
  end
  names = concat(names, ", ")
  -- What is returned nobody takes: until then the texts are the garbage collector's to keep.
  local source = format(
    [[
    local run, reserve, vm, numbers, texts, lengths, pending, type, tostring, tobit = ...
    return function(to, at, %s)
      local kinds, kind = 0
      %s
      run(vm, to, at, kinds)
      return %s
    end]],
    names, concat(body), names
  )
  return loadstring(source, "=rover")(
    run, reserve, vm, numbers, texts, lengths, pending, type, tostring, tobit
  )
end

setmetatable(direct, {
  __index = function(_, name)
    local letters = match(name, "^put_([vj]+)$")
    if not letters then return nil end
    local made = writer(letters)
    direct[name] = made
    return made
  end,
})

-- What a concatenation gave that could not be written in parts.
function direct.whole(value) return { value } end

-- Concatenations are written part by part: `"a" .. b .. "c"`.
function direct.is_text(value)
  local kind = type(value)
  return kind == "string" or kind == "number"
end

function direct.begin(to, at) begin(vm, to, at) end
function direct.finish(to, at) finish(vm, to, at) end
function direct.part(to, value)
  if type(value) == "number" then
    if part_number(vm, to, value) then return end
    value = tostring(value)
  end
  part(vm, to, value, #value)
end

R.marked = marked
R.bad_body = bad_body
