-- The request's body.
local R = ...
local native, http_error = R.native, R.http.error

local raise, tostring, setmetatable = R.raise, tostring, setmetatable
local byte, running = string.byte, R.running

-- [1] its bytes, [2] the request's ctx.
local Body = {}
-- As a text it is one, whatever the client has sent.
function Body.__tostring(b) return native.lossy(b[1]) end
function Body.__len(b) return #native.lossy(b[1]) end
function Body.__concat(a, b) return tostring(a) .. tostring(b) end
Body.__metatable = "rover.body"
local body_methods = {}
function Body.__index(_, key)
  local method = body_methods[key]
  if method then return method end
  raise("unknown member of the body: " .. R.shown(key))
end

function body_methods.json(b)
  local ok, value, too_large = native.json_decode(b[1])
  if not ok then
    if too_large then http_error(413, too_large) end
    http_error(400, "Malformed JSON: " .. value)
  end
  return value
end

function body_methods.text(b) return native.lossy(b[1]) end
function body_methods.raw(b) return b[1] end

function body_methods.bytes(b)
  local raw, out = b[1], {}
  for i = 1, #raw do
    if i % 4096 == 0 then R.direct.check() end
    out[i] = byte(raw, i)
  end
  return setmetatable(out, R.Array)
end

-- The form is read from the request itself, so only while that runs.
local function form(b, read, name)
  if not running[b[2]] then raise("the form of a body was read after its request ended") end
  local fields, status, message = read(name)
  if not fields then http_error(status, message) end
  return fields
end

function body_methods.form(b) return form(b, native.form) end
function body_methods.form_all(b, name) return form(b, native.form_all, tostring(name)) end

function body_methods.expect(b, schema)
  if not running[b[2]] then raise("the body was checked after its request ended") end
  return R.expect(0, schema)
end

-- What `ctx:body():json()` reaches where there is no body (the compiler writes
-- `body_or_400` for `body` where a method is called on the result directly).
R.missing_body = setmetatable({}, { __index = function()
  http_error(400, "Request has no body")
end })
R.Body = Body
