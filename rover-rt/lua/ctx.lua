-- `ctx`, for handlers that need it whole.
local R = ...
local native, Body, missing_body = R.native, R.Body, R.missing_body
local read_field = native.field

local raise, type, tostring, rawget = R.raise, type, tostring, rawget
local rawequal = rawequal
local setmetatable, getmetatable, lower = setmetatable, getmetatable, string.lower

-- A ctx is an empty table. What is kept for it stands here, where no program reaches it, from
-- the beginning of its request to the end: [1] params, [2] query, [3] headers, [4] cookies,
-- [5] body, [6] values of ctx:set, [7] the session; by their names what the program has set: `ctx.user = user`.
local running = R.running
local Ctx = { __metatable = "rover.ctx" }
-- [1] is the ctx whose member was read last: the `self` of a dot call. A request that goes on after a wait finds
-- its own there.
local last = R.last

local function live(ctx)
  local kept = running[ctx]
  if not kept then raise("ctx was used after its request ended") end
  return kept
end

-- `ctx:name(a)` gives (ctx, a), `ctx.name(a)` gives (a).
local function member(method)
  return function(self, a, b)
    if type(self) == "table" and getmetatable(self) == "rover.ctx" then
      return method(live(self), self, a, b)
    end
    return method(live(last[1]), last[1], self, a)
  end
end

local function cached(slot, read)
  return member(function(kept)
    local value = kept[slot]
    if value == nil then
      value = read()
      kept[slot] = value
    end
    return value
  end)
end

local Headers = { __metatable = "rover.headers" }
R.Headers = Headers
function Headers.__index(t, key)
  return type(key) == "string" and rawget(t, lower(key)) or nil
end

local function read_body(kept, ctx)
  local body = kept[5]
  if body == nil then
    local raw = native.body()
    body = raw and setmetatable({ raw, ctx }, Body) or false
    kept[5] = body
  end
  return body or nil
end

-- `ctx:query():expect(schema)`: looks at the request, not at the table. Whatever a client
-- names a value, the method is no field of the table: the compiler writes
-- `expecting(x):expect(schema)`.
local expectations = {}
local function expecting(slot, source, what, read)
  local mt = { __metatable = "rover." .. what }
  expectations[mt.__metatable] = { slot = slot, what = what, methods = {
    expect = function(_, schema) return R.expect(source, schema) end,
  } }
  return cached(slot, function() return setmetatable(read(), mt) end)
end

-- What `expect` is called on: a part of the request that runs, or any other value. A schema
-- for the query of another request is a mistake.
function R.direct.expecting(value)
  local expectation = type(value) == "table" and expectations[getmetatable(value)]
  -- A function there is the program's own: a client sends none.
  if not expectation or type(rawget(value, "expect")) == "function" then return value end
  local kept = running[last[1]]
  if not kept or not rawequal(kept[expectation.slot], value) then
    local what = expectation.what
    raise("`" .. what .. ":expect` is called on what `ctx:" .. what .. "()` gives")
  end
  return expectation.methods
end

local methods = {
  params = expecting(1, 2, "params", native.params),
  query = expecting(2, 1, "query", native.query),
  query_all = member(function(_, ctx, name) return native.query_all(ctx, tostring(name)) end),
  headers = cached(3, function() return setmetatable(native.headers(), Headers) end),
  header_all = member(function(_, ctx, name) return native.header_all(ctx, tostring(name)) end),
  cookies = cached(4, native.cookies),
  body = member(read_body),
  body_or_400 = member(function(kept, ctx) return read_body(kept, ctx) or missing_body end),
  set = member(function(kept, _, key, value)
    local values = kept[6]
    if not values then
      values = {}
      kept[6] = values
    end
    values[key] = value
  end),
  get = member(function(kept, _, key)
    local values = kept[6]
    return values and values[key]
  end),
}

-- The names that the program sets: where they are not set, they are nil.
local set_fields = R.set_fields
-- Fields by name: their numbers.
local fields = {}
for number, name in ipairs(R.fields) do fields[name] = number end

function Ctx.__index(ctx, key)
  local method = methods[key]
  if method then
    last[1] = ctx
    return method
  end
  local field = fields[key]
  if field then
    live(ctx)
    return read_field(field)
  end
  local value
  if type(key) == "string" then value = live(ctx)[key] end
  if value == nil and not set_fields[key] then raise("unknown member of ctx: " .. R.shown(key)) end
  return value
end

function Ctx.__newindex(ctx, key, value)
  if type(key) ~= "string" then raise("what is set on ctx has a name, not " .. R.shown(key)) end
  if methods[key] or fields[key] then raise("ctx." .. key .. " is the request's own and cannot be set") end
  live(ctx)[key] = value
end

R.Ctx = Ctx
-- For the parts that give it more of them.
R.ctx_methods, R.ctx_member = methods, member
