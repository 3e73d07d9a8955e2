-- `ctx`, for handlers that need it whole.
local R = ...
local native, Body, missing_body = R.native, R.Body, R.missing_body

local error, type, tostring, rawget, rawset = error, type, tostring, rawget, rawset
local rawequal = rawequal
local setmetatable, getmetatable, lower = setmetatable, getmetatable, string.lower

-- [1] the request while it runs, false afterwards, [2] params, [3] query,
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
    local raw = native.body(request)
    body = raw and setmetatable({ raw, ctx }, Body) or false
    rawset(ctx, 6, body)
  end
  return body or nil
end

-- `ctx:query():expect(schema)`: looks at the request, not at the table. Whatever a client
-- names a value, the method is no field of the table: the compiler writes
-- `expecting(x):expect(schema)`.
local expectations = {}
local function expecting(slot, source, what, read)
  local mt = {}
  expectations[mt] = { slot = slot, what = what, methods = {
    expect = function(_, schema) return R.expect(source, schema) end,
  } }
  return cached(slot, function(request) return setmetatable(read(request), mt) end)
end

-- What `expect` is called on: a part of the request that runs, or any other value. A schema
-- for the query of another request is a mistake.
function R.direct.expecting(value)
  local expectation = type(value) == "table" and expectations[getmetatable(value)]
  -- A function there is the program's own: a client sends none.
  if not expectation or type(rawget(value, "expect")) == "function" then return value end
  if not rawequal(rawget(last, expectation.slot), value) or not rawget(last, 1) then
    local what = expectation.what
    error("`" .. what .. ":expect` is called on what `ctx:" .. what .. "()` gives", 2)
  end
  return expectation.methods
end

local methods = {
  params = expecting(2, 2, "params", native.params),
  query = expecting(3, 1, "query", native.query),
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

R.Ctx = Ctx
