-- The Lua half of the runtime: what a program finds as `rover`, `ctx` and builders.
--
-- Called once per VM with the functions of the Rust half, the recording server's
-- module, a function that loads a bundled module's chunk by name, the metatable of arrays,
-- what specialised handlers call, the addresses of what they call through the FFI, and the
-- table of values that wait for their list's encoding.
local native, server, load_chunk, Array, direct, written, pending = ...
local ffi = require "ffi"

local error, type, tostring, rawget, rawset = error, type, tostring, rawget, rawset
local setmetatable, select, next, pairs = setmetatable, select, next, pairs
local find, lower, byte, concat = string.find, string.lower, string.byte, table.concat
local format, floor = string.format, math.floor

-- Room for the traces of some 1000 routes: at most 10000, and 64 MiB of machine code,
-- which is taken in pieces as it is needed. The defaults are for one program's few loops;
-- where they are reached, LuaJIT throws all traces away and starts again.
require("jit.opt").start("maxtrace=10000", "maxrecord=8000", "maxmcode=65536", "maxside=200")

-- Errors that are answers: thrown by ctx members, told to the client as they are.
local HttpError = {}
HttpError.__index = HttpError
function HttpError.__tostring(e) return e.message end

local function http_error(status, message)
  error(setmetatable({ status = status, message = message }, HttpError), 0)
end

Array.__metatable = "rover.array"

-- Response objects: [1] status, [2] kind, [3] value, [4] content type, [5] headers.
local EMPTY, JSON, BYTES = 0, 1, 2
local HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"

local Response = {}
Response.__index = Response
Response.__metatable = "rover.response"

local function response(status, kind, value, content_type)
  return setmetatable({ status, kind, value, content_type }, Response)
end

local function check_status(status, level)
  if type(status) ~= "number" or status ~= floor(status) or status < 100 or status > 599 then
    error("a status is an integer from 100 to 599, got " .. tostring(status), level + 1)
  end
  return status
end

local function check_header(name, value, level)
  if type(name) ~= "string" or not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    error(format("%q is not a header name", tostring(name)), level + 1)
  end
  if type(value) == "number" then value = tostring(value) end
  if type(value) ~= "string" then
    error("the value of header '" .. name .. "' is not a string", level + 1)
  end
  if find(value, "[%z\1-\8\10-\31\127]") then
    error("the value of header '" .. name .. "' has a control character", level + 1)
  end
  return value
end

local function add_header(self, name, value)
  local headers = self[5]
  if not headers then
    headers = {}
    self[5] = headers
  end
  headers[#headers + 1] = name
  headers[#headers + 1] = value
  return self
end

function Response.header(self, name, value)
  return add_header(self, name, check_header(name, value, 2))
end

function Response.status(self, status)
  self[1] = check_status(status, 2)
  return self
end

local SAME_SITE = { strict = "Strict", lax = "Lax", none = "None" }

function Response.cookie(self, name, value, options)
  if type(name) ~= "string" or not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    error(format("%q is not a cookie name", tostring(name)), 2)
  end
  value = tostring(value)
  if find(value, '[%c%s",;\\]') then
    error("the value of cookie '" .. name .. "' has a character cookies cannot carry", 2)
  end
  local parts = { name .. "=" .. value }
  options = options or {}
  local function attribute(key, label)
    local v = options[key]
    if v ~= nil then
      v = tostring(v)
      if find(v, "[%c;]") then error("cookie option '" .. key .. "' is malformed", 3) end
      parts[#parts + 1] = label .. "=" .. v
    end
  end
  attribute("path", "Path")
  attribute("domain", "Domain")
  attribute("max_age", "Max-Age")
  if options.secure then parts[#parts + 1] = "Secure" end
  if options.http_only then parts[#parts + 1] = "HttpOnly" end
  if options.same_site ~= nil then
    local known = SAME_SITE[lower(tostring(options.same_site))]
    if not known then error("same_site is strict, lax or none", 2) end
    parts[#parts + 1] = "SameSite=" .. known
  end
  return add_header(self, "set-cookie", concat(parts, "; "))
end

-- Builders take dot and colon calls: a server in front is dropped.
local is_server = server.is_server
local Body = {}

local function text_of(value, what)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" or getmetatable(value) == Body.__metatable then return tostring(value) end
  error(what .. " takes a string, got " .. kind, 3)
end

-- `api.name(...)`, `api:name(...)`, `api.name:status(code, ...)`.
local function builder(make, methods)
  local self
  local function without_self(first, ...)
    if first == self then return ... end
    return first, ...
  end
  local members = {}
  for name, method in pairs(methods or {}) do
    members[name] = function(...) return method(without_self(...)) end
  end
  local mt = { __index = members, __metatable = "rover.builder" }
  function mt.__call(_, first, ...)
    if is_server(first) then return make(...) end
    return make(first, ...)
  end
  self = setmetatable({}, mt)
  return self
end

local function with_status(make)
  return { status = function(status, ...)
    local r = make(...)
    r[1] = check_status(status, 2)
    return r
  end }
end

local function json(value) return response(nil, JSON, value) end
local function text(value) return response(nil, BYTES, text_of(value, "text"), TEXT) end

local function html(value)
  if type(value) == "table" and getmetatable(value) ~= Body.__metatable then
    error("templates are not available in this version: pass a string of HTML", 2)
  end
  return response(nil, BYTES, text_of(value, "html"), HTML)
end

local function redirect_with(status)
  return function(url)
    if type(url) ~= "string" then error("redirect takes a URL, got " .. type(url), 2) end
    return add_header(response(status, EMPTY), "location", check_header("location", url, 2))
  end
end

local redirect = redirect_with(302)
local redirects = with_status(redirect)
redirects.permanent = redirect_with(301)

local function error_response(status, message)
  check_status(status, 2)
  local kind = type(message)
  if getmetatable(message) == HttpError then message = message.message
  elseif kind ~= "string" and kind ~= "table" then message = tostring(message) end
  return response(status, JSON, { error = message })
end

local builders = {
  json = builder(json, with_status(json)),
  text = builder(text, with_status(text)),
  html = builder(html, with_status(html)),
  redirect = builder(redirect, redirects),
  error = builder(error_response),
  no_content = builder(function() return response(204, EMPTY) end),
  bytes = builder(function(value, content_type)
    if content_type ~= nil then check_header("content-type", content_type, 2) end
    return response(nil, BYTES, text_of(value, "bytes"), content_type or "application/octet-stream")
  end),
}

-- The body: [1] its bytes, [2] the request's content type.
function Body.__tostring(b) return b[1] end
function Body.__len(b) return #b[1] end
function Body.__concat(a, b) return tostring(a) .. tostring(b) end
Body.__metatable = "rover.body"
local body_methods = {}
function Body.__index(_, key)
  local method = body_methods[key]
  if method then return method end
  error("unknown member of the body: '" .. tostring(key) .. "'", 2)
end

function body_methods.json(b)
  local ok, value = native.json_decode(b[1])
  if not ok then http_error(400, "Malformed JSON: " .. value) end
  return value
end

function body_methods.text(b) return native.lossy(b[1]) end
function body_methods.raw(b) return b[1] end

function body_methods.bytes(b)
  local raw, out = b[1], {}
  for i = 1, #raw do out[i] = byte(raw, i) end
  return setmetatable(out, Array)
end

function body_methods.form(b)
  if not find(lower(b[2] or ""), "^application/x%-www%-form%-urlencoded%s*;?") then
    http_error(415, "Unsupported Media Type")
  end
  return native.form_decode(b[1])
end

function body_methods.expect()
  error("expect: rover.guard is not available in this version", 2)
end

-- What `ctx:body():json()` reaches where there is no body (the compiler writes
-- `body_or_400` for `body` where a method is called on the result directly).
local missing_body = setmetatable({}, { __index = function()
  http_error(400, "Request has no body")
end })

-- ctx: [1] the request while it runs, false afterwards, [2] params, [3] query,
-- [4] headers, [5] cookies, [6] body, [7] values of ctx:set.
local Ctx = { __metatable = "rover.ctx" }
local last -- the ctx whose member was read last: the `self` of a dot call

local function live(ctx)
  local request = rawget(ctx, 1)
  if not request then error("ctx was used after its request ended", 3) end
  return request
end

-- `ctx:name(a)` gives (ctx, a), `ctx.name(a)` gives (a).
local function member(method)
  return function(self, a, b)
    if type(self) == "table" and getmetatable(self) == "rover.ctx" then
      return method(self, live(self), a, b)
    end
    return method(last, live(last), self, a)
  end
end

local function cached(slot, read)
  return member(function(ctx, request)
    local value = rawget(ctx, slot)
    if value == nil then
      value = read(request)
      rawset(ctx, slot, value)
    end
    return value
  end)
end

local Headers = {}
function Headers.__index(t, key)
  return type(key) == "string" and rawget(t, lower(key)) or nil
end

local function read_body(ctx, request)
  local body = rawget(ctx, 6)
  if body == nil then
    local raw, content_type = native.body(request)
    body = raw and setmetatable({ raw, content_type }, Body) or false
    rawset(ctx, 6, body)
  end
  return body or nil
end

local methods = {
  params = cached(2, native.params),
  query = cached(3, native.query),
  query_all = member(function(_, request, name) return native.query_all(request, tostring(name)) end),
  headers = cached(4, function(request) return setmetatable(native.headers(request), Headers) end),
  header_all = member(function(_, request, name) return native.header_all(request, tostring(name)) end),
  cookies = cached(5, native.cookies),
  body = member(read_body),
  body_or_400 = member(function(ctx, request) return read_body(ctx, request) or missing_body end),
  set = member(function(ctx, _, key, value)
    local values = rawget(ctx, 7)
    if not values then
      values = {}
      rawset(ctx, 7, values)
    end
    values[key] = value
  end),
  get = member(function(ctx, _, key)
    local values = rawget(ctx, 7)
    return values and values[key]
  end),
}

local fields = {
  method = native.method, path = native.path,
  client_ip = native.client_ip, request_id = native.request_id,
}

function Ctx.__index(ctx, key)
  local method = methods[key]
  if method then
    last = ctx
    return method
  end
  local field = fields[key]
  if field then return field(live(ctx)) end
  error("unknown member of ctx: '" .. tostring(key) .. "'", 2)
end

function Ctx.__newindex(_, key)
  error("ctx cannot be assigned to (use ctx:set('" .. tostring(key) .. "', value))", 2)
end

-- The global `rover`.
local current
local log = {}
for level, number in pairs { debug = 0, info = 1, warn = 2, error = 3 } do
  log[level] = function(message, more)
    message = tostring(message)
    if more ~= nil then
      local ok, encoded = native.json_encode(more)
      message = message .. " " .. (ok and encoded or tostring(more))
    end
    native.log(number, message)
  end
end

local rover = setmetatable({
  log = log,
  null = native.null,
  array = function(t)
    if t ~= nil and type(t) ~= "table" then error("rover.array takes a table", 2) end
    if getmetatable(t) == Array.__metatable then return t end
    return setmetatable(t or {}, Array)
  end,
  server = function(options)
    if current then error("rover.server was called twice", 2) end
    current = server.new(options or {}, builders)
    return current
  end,
}, { __index = function(_, key)
  error("rover." .. tostring(key) .. " is not available in this version", 2)
end })

-- The sandbox: what stays of the standard library.
local raw_load, raw_loadstring = load, loadstring
local loaded = {}
local unavailable = setmetatable({}, { __index = function(_, key)
  error("io." .. tostring(key) .. " is not available in this version", 2)
end })

local globals = _G
for _, name in pairs { "debug", "package", "module", "dofile", "loadfile", "jit", "newproxy", "ffi" } do
  globals[name] = nil
end
string.dump = nil
local os_kept = { time = os.time, date = os.date, clock = os.clock, getenv = os.getenv, difftime = os.difftime }
globals.os = os_kept
globals.io = unavailable
globals.rover = rover
globals.load = function(chunk, name, _, env)
  if env ~= nil then return raw_load(chunk, name, "t", env) end
  return raw_load(chunk, name, "t")
end
globals.loadstring = function(text, name)
  if byte(text, 1) == 27 then return nil, "bytecode is not loaded" end
  return raw_loadstring(text, name)
end
globals.print = function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  native.log(1, concat(parts, "\t"))
end
globals.require = function(name)
  local value = loaded[name]
  if value ~= nil then return value end
  local chunk = load_chunk(name)
  if not chunk then error("module '" .. tostring(name) .. "' is not part of the program", 2) end
  loaded[name] = true
  value = chunk(name)
  if value ~= nil then loaded[name] = value end
  return loaded[name]
end

-- What the compiler's rewriting calls. Tables from constructors whose order of fields
-- contradicts others are marked with the number of their order.
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

local function bad_body(message)
  http_error(400, message and "Malformed JSON: " .. message or "Request has no body")
end

function direct.body_raw()
  local body = direct.raw_body()
  if body == nil then bad_body() end
  return body
end

function direct.body_text() return native.lossy(direct.body_raw()) end

-- Lists that are written while they are built. Compiled traces call these functions
-- directly; a value with parts waits until the response is made.
local vm = ffi.cast("void *", written.vm)
local function c(name, signature) return ffi.cast(signature, written[name]) end
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
local limit = c("limit", "uint32_t (*)(void *)")

-- What loops and functions call when their budget is used up: gives a new one.
function direct.check()
  if not late(vm) then return 1000 end
  error(format("the handler's deadline of %g s has passed", limit(vm) / 1000), 2)
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

globals.__rover = direct

-- Runs the manifest. Returns what the Rust half needs.
local function boot()
  local result = load_chunk("")()
  if not is_server(result) then error("the manifest did not return the server", 0) end
  return (server.seal(result))
end

return {
  boot = boot, ctx = Ctx, response = Response, http_error = HttpError,
  array = Array, body = Body, marked = marked, bad_body = bad_body,
}
