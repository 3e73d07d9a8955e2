-- Response objects and the builders that make them: `api.json`, `api.text`, ...
local R = ...
local http, is_server, body_metatable = R.http, R.server.is_server, R.Body.__metatable
local html_metatable, rendered = R.Html.__metatable, R.rendered
local shown, number_text, cookie, charge = R.shown, R.number_text, R.cookie, R.limits.charge
local refused_header, null = R.native.refused_header, R.native.null

local raise, type, tostring, getmetatable = R.raise, type, tostring, getmetatable
local setmetatable, pairs, select = setmetatable, pairs, select
local byte, find, gsub, lower = string.byte, string.find, string.gsub, string.lower
local format, floor = string.format, math.floor

-- Response objects: [1] status, [2] kind, [3] value, [4] content type, [5] headers.
-- TEMPLATE is data that waits for its template. ANSWERED is what a hook after the handler is
-- given: the body is with the answer, whose number is the value.
local EMPTY, JSON, BYTES, TEMPLATE, ANSWERED = 0, 1, 2, 3, 4
local HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"

local methods = {}
local Response = { __index = methods, __metatable = "rover.response" }

local function response(status, kind, value, content_type)
  return setmetatable({ status, kind, value, content_type }, Response)
end

local function check_status(status)
  if type(status) ~= "number" or status ~= floor(status) or status < 200 or status > 599 then
    raise("a status is an integer from 200 to 599, got " .. shown(status))
  end
  return status
end

local function escaped(c) return format("%%%02X", byte(c)) end
local function percent(hex) return #hex < 2 and "%25" .. hex or nil end

-- A URL with what no URL has percent-encoded (RFC 3986, section 2); escapes stay.
local function url(text)
  if #text > 4096 then charge(#text) end
  if find(text, "%", 1, true) then text = gsub(text, "%%(%x?%x?)", percent) end
  if find(text, "[^%w%-._~:/?#%[%]@!$&'()*+,;=%%]") then
    text = gsub(text, "[^%w%-._~:/?#%[%]@!$&'()*+,;=%%]", escaped)
  end
  return text
end

-- Reading a long text is one step.
local function step(text)
  if #text > 4096 then R.direct.check() end
end

local function check_header(name, value)
  if type(name) == "string" then step(name) end
  if type(name) ~= "string" or not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    raise(shown(name) .. " is not a header name")
  end
  if type(value) == "number" then value = number_text(value) end
  if type(value) ~= "string" then
    raise("the value of header '" .. name .. "' is not a string")
  end
  step(value)
  if find(value, "[%z\1-\8\10-\31\127]") then
    raise("the value of header '" .. name .. "' has a control character")
  end
  local reason = refused_header(name, value)
  if reason then raise("header '" .. name .. "' cannot be set: " .. reason) end
  if #name == 8 and lower(name) == "location" then return url(value) end
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

-- The value of a header, the last where there are several.
local function header_of(self, name)
  if type(name) ~= "string" then raise(shown(name) .. " is not a header name") end
  local headers, wanted = self[5], lower(name)
  for at = headers and #headers - 1 or 0, 1, -2 do
    if lower(headers[at]) == wanted then return headers[at + 1] end
  end
  local kind = self[2]
  if wanted ~= "content-type" then return nil end
  if kind == JSON then return "application/json" end
  if kind == BYTES or kind == ANSWERED then return self[4] end
end

function methods.header(self, name, ...)
  if select("#", ...) == 0 then return header_of(self, name) end
  return add_header(self, name, check_header(name, (...)))
end

function methods.status(self, ...)
  if select("#", ...) == 0 then return self[1] or 200 end
  self[1] = check_status((...))
  return self
end

function methods.cookie(self, name, value, options)
  local text, problem = cookie(name, value, options)
  if not text then raise(problem) end
  return add_header(self, "set-cookie", text)
end

-- `api.html(data) [[...]]`
function Response.__call(self, template)
  if self[2] ~= TEMPLATE then
    raise(self[4] == HTML and R.NO_DATA or "a response cannot be called")
  end
  self[2], self[3], self[4] = BYTES, rendered(template, self[3]), HTML
  return self
end

local function text_of(value, what)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return number_text(value) end
  if getmetatable(value) == body_metatable then return what == "bytes" and value[1] or tostring(value) end
  raise(what .. " takes a string, got " .. kind)
end

-- `api.name(...)`, `api:name(...)`, `api.name:status(code, ...)`: a server in front is dropped.
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
  function mt.__newindex() raise("a builder cannot be changed") end
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
    r[1] = check_status(status)
    return r
  end }
end

local function json(value) return response(nil, JSON, value) end
local function text(value) return response(nil, BYTES, text_of(value, "text"), TEXT) end

local function html(value)
  if type(value) == "table" then
    local meta = getmetatable(value)
    if meta == html_metatable then return response(nil, BYTES, value[1], HTML) end
    if meta ~= body_metatable then return response(nil, TEMPLATE, value) end
  end
  return response(nil, BYTES, text_of(value, "html"), HTML)
end

local function redirect_with(status)
  return function(url)
    if type(url) ~= "string" then raise("redirect takes a URL, got " .. type(url)) end
    return add_header(response(status, EMPTY), "location", check_header("location", url))
  end
end

local redirect = redirect_with(302)
local redirects = with_status(redirect)
redirects.permanent = redirect_with(301)

local function error_response(status, message)
  check_status(status)
  local kind = type(message)
  if getmetatable(message) == http.Error.__metatable then
    if message.errors then return response(status, JSON, { errors = message.errors }) end
    message = message.message
  elseif kind == "number" then message = number_text(message)
  elseif kind == "boolean" or kind == "nil" then message = tostring(message)
  elseif kind ~= "string" and kind ~= "table" and message ~= null then
    raise("error takes a message, got " .. kind)
  end
  return response(status, JSON, { error = message })
end

R.builders = {
  json = builder(json, with_status(json)),
  text = builder(text, with_status(text)),
  html = builder(html, with_status(html)),
  redirect = builder(redirect, redirects),
  error = builder(error_response),
  no_content = builder(function() return response(204, EMPTY) end),
  bytes = builder(function(value, content_type)
    if content_type ~= nil then check_header("content-type", content_type) end
    return response(nil, BYTES, text_of(value, "bytes"), content_type or "application/octet-stream")
  end),
}

R.Response = Response
R.check_header = check_header
