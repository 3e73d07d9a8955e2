-- What the compiler's rewriting calls.
local R = ...
local native, direct, pending, check_header = R.native, R.direct, R.pending, R.check_header
local http_error = R.http.error
local ffi = require "ffi"

local error, type, tostring, setmetatable, format = error, type, tostring, setmetatable, string.format

-- Tables from constructors whose order of fields contradicts others are marked with the
-- number of their order.
local marked = setmetatable({}, { __mode = "k" })
function direct.order(number, t)
  marked[t] = number
  return t
end

-- `api.json { ... }:header(name, value)`, where the answer is written already.
function direct.with_header(answer, name, value)
  direct.reply_header(name, check_header(name, value, 2))
  return answer
end

-- What lowered code calls in Rust. Compiled traces call these functions directly.
local vm = ffi.cast("void *", R.written.vm)
local function c(name, signature) return ffi.cast(signature, R.written[name]) end

-- Reads of the request: each gives the address of a text, which is copied at once.
local size = ffi.new "uint32_t[1]"
local text_of = ffi.string

for _, name in ipairs { "method", "path", "client_ip", "request_id", "raw_body" } do
  local read = c(name, "const char *(*)(void *, uint32_t *)")
  direct[name] = function()
    local text = read(vm, size)
    return text ~= nil and text_of(text, size[0]) or nil
  end
end

for _, name in ipairs { "param", "query", "header", "cookie" } do
  local read = c(name, "const char *(*)(void *, const char *, size_t, uint32_t *)")
  direct[name] = function(key)
    local text = read(vm, key, #key, size)
    return text ~= nil and text_of(text, size[0]) or nil
  end
end

local function bad_body(message)
  http_error(400, message and "Malformed JSON: " .. message or "Request has no body")
end

-- The native gives the value, or true and what is wrong.
local body_json = direct.body_json
function direct.body_json()
  local value, bad, message = body_json()
  if bad then bad_body(message) end
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
local list = c("list", "int32_t (*)(void *)")
local length = c("length", "uint32_t (*)(void *, int32_t)")
local skip = c("skip", "void (*)(void *, int32_t, int32_t)")
local put_string = c("put_string", "void (*)(void *, int32_t, int32_t, const char *, size_t)")
local put_number = c("put_number", "void (*)(void *, int32_t, int32_t, double)")
local put_boolean = c("put_boolean", "void (*)(void *, int32_t, int32_t, bool)")
local put_value = c("put_value", "int32_t (*)(void *, int32_t, int32_t)")
local put_list = c("put_list", "void (*)(void *, int32_t, int32_t, int32_t)")
local join_string = c("join_string", "void (*)(void *, int32_t, int32_t, const char *, size_t)")
local join_number = c("join_number", "bool (*)(void *, int32_t, int32_t, double)")
local begin = c("begin", "void (*)(void *, int32_t, int32_t)")
local part = c("part", "void (*)(void *, int32_t, const char *, size_t)")
local part_number = c("part_number", "bool (*)(void *, int32_t, double)")
local finish = c("finish", "void (*)(void *, int32_t, int32_t)")

local late = c("late", "bool (*)(void *)")
local over = c("over", "bool (*)(void *)")
local deep = c("deep", "bool (*)(void *)")
local limit = c("limit", "uint32_t (*)(void *)")

-- What loops and functions call when their budget is used up: gives a new one.
function direct.check()
  if not late(vm) then
    if over(vm) then error("not enough memory", 2) end
    if deep(vm) then error("stack overflow (calls through C are nested too deep)", 2) end
    return 1000
  end
  error(format("the handler's deadline of %g s has passed", limit(vm) / 1000), 2)
end

-- Parts of the request that were checked stay where they were laid out. A place in them is
-- a holder's number, the number of a slot or -1 for the value itself, and a path of fields
-- from there.
local held_fits = c("held_fits", "bool (*)(void *, int32_t, int32_t, int32_t)")
local held_kind = c("held_kind", "int32_t (*)(void *, int32_t, int32_t, int32_t)")
local held_number = c("held_number", "double (*)(void *, int32_t, int32_t, int32_t)")
local held_text = c("held_text", "const char *(*)(void *, int32_t, int32_t, int32_t, uint32_t *)")
local held_first = c("held_first", "int32_t (*)(void *, int32_t, int32_t, int32_t)")
local held_length = c("held_length", "int32_t (*)(void *, int32_t, int32_t, int32_t)")
local held_at = c("held_at", "int32_t (*)(void *, int32_t, int32_t, int32_t)")
local null = native.null

-- The native raises what is wrong.
local hold = direct.hold
function direct.hold(source, schema, holder)
  if not held_fits(vm, source, schema, holder) then hold(source, schema, holder) end
end

function direct.held_number(holder, base, path) return held_number(vm, holder, base, path) end
function direct.held_first(holder, base, path) return held_first(vm, holder, base, path) end
function direct.held_length(holder, base, path) return held_length(vm, holder, base, path) end
function direct.held_at(holder, base, path) return held_at(vm, holder, base, path) end
function direct.held_last(holder, base, path)
  return held_first(vm, holder, base, path) + held_length(vm, holder, base, path) - 1
end

local held_value = direct.held_value
function direct.held(holder, base, path)
  local kind = held_kind(vm, holder, base, path)
  if kind == 5 then
    local text = held_text(vm, holder, base, path, size)
    return text_of(text, size[0])
  elseif kind == 4 then return held_number(vm, holder, base, path)
  elseif kind == 0 then return nil
  elseif kind == 1 then return null
  elseif kind < 4 then return kind == 3
  end
  -- What has parts is only read where a constructor did not become a template.
  return held_value(holder, path)
end

function direct.list() return list(vm) end
function direct.length(to) return length(vm, to) end
function direct.skip(to, at) skip(vm, to, at) end
function direct.put_list(to, at, inner) put_list(vm, to, at, inner) end

function direct.put(to, at, value)
  local kind = type(value)
  if kind == "string" then put_string(vm, to, at, value, #value)
  elseif kind == "number" then put_number(vm, to, at, value)
  elseif value == nil then
    if at >= 0 then skip(vm, to, at) end
  elseif kind == "boolean" then put_boolean(vm, to, at, value)
  else pending[put_value(vm, to, at)] = value end
end

-- Concatenations are written part by part: `"a" .. b .. "c"`.
function direct.is_text(value)
  local kind = type(value)
  return kind == "string" or kind == "number"
end

function direct.join(to, at, value)
  if type(value) == "number" then
    if join_number(vm, to, at, value) then return end
    value = tostring(value)
  end
  join_string(vm, to, at, value, #value)
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
