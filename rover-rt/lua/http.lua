-- `rover.http`: requests to other servers. A native gives `true` and the answer's parts, or what a wait that fails
-- gives; an error of the kind "argument" is the program's own, and is told with its line.
local R = ...
local native, raise, settled = R.native, R.raise, R.settled
local client, fetch, chunk = native.http_client, native.http_fetch, native.http_chunk
local Headers, shown = R.Headers, R.shown

local setmetatable, type, tostring, next = setmetatable, type, tostring, next

-- Bodies that are read while they come, by their answers.
local streams = setmetatable({}, { __mode = "k" })

local methods = {}
local Answer = { __metatable = "rover.http_response" }
function Answer.__index(r, key)
  local method = methods[key]
  -- There is none where the body is read by parts.
  if method or (key == "text" and streams[r]) then return method end
  raise("unknown member of an answer: " .. shown(key) .. " (it has status, ok, headers, text, url, json(), chunks())")
end

function methods.json(r)
  if streams[r] then raise("json() is for an answer that was not asked for with `stream`") end
  local ok, value = native.json_decode(r.text)
  if not ok then settled("json", false, "decode", "the answer of " .. r.url .. " is not JSON: " .. value, nil, false) end
  return value
end

local function failed(word, kind, message, code, retryable)
  if kind == "argument" then raise(word .. ": " .. message) end
  settled(word, false, kind, message, code, retryable)
end

local function next_part(ok, part, message, code, retryable)
  if not ok then failed("chunks", part, message, code, retryable) end
  return part
end
function methods.chunks(r)
  local stream = streams[r]
  if not stream then raise("chunks() is for an answer that was asked for with `stream = true`") end
  return function() return next_part(chunk(stream)) end
end

local function answered(word, ok, status, url, headers, text, stream)
  if not ok then failed(word, status, url, headers, text) end
  local r = setmetatable({
    status = status,
    ok = status >= 200 and status < 300,
    headers = setmetatable(headers, Headers),
    text = text,
    url = url,
  }, Answer)
  if stream then streams[r] = stream end
  return r
end

local function check_options(word, position, options)
  if options ~= nil and type(options) ~= "table" then
    raise("bad argument #" .. position .. " to '" .. word .. "' (a table of options expected, got " .. type(options) .. ")")
  end
end

local bodies = { "json", "form", "body" }
local function json_of(word, options)
  local found
  for i = 1, 3 do
    if options[bodies[i]] ~= nil then
      if found then raise(word .. ": one body is sent, and both `" .. found .. "` and `" .. bodies[i] .. "` are given") end
      found = bodies[i]
    end
  end
  if found ~= "json" then return nil end
  local ok, text = native.json_encode(options.json)
  if not ok then raise(word .. ": the option `json`: " .. text) end
  return text
end

local function send(word, number, method, url, options, position)
  if type(url) ~= "string" then
    raise("bad argument #" .. position .. " to '" .. word .. "' (a URL expected, got " .. (url == nil and "no value" or type(url)) .. ")")
  end
  check_options(word, position + 1, options)
  local json = options and json_of(word, options)
  return answered(word, fetch(number, method, url, options, json))
end

local verbs = { get = "GET", head = "HEAD", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE" }

local function check_method(word, method)
  if type(method) ~= "string" then
    raise("bad argument #1 to '" .. word .. "' (a method such as \"GET\" expected, got " .. shown(method) .. ")")
  end
end

local http = {}
for verb, method in next, verbs do
  local word = "rover.http." .. verb
  http[verb] = function(url, options) return send(word, 0, method, url, options, 1) end
end
function http.request(method, url, options)
  check_method("rover.http.request", method)
  return send("rover.http.request", 0, method, url, options, 2)
end

-- Clients' numbers.
local Client = { __metatable = "rover.http_client" }
local numbers = setmetatable({}, { __mode = "k" })
local requests = {}
function Client.__index(_, key)
  local request = requests[key]
  if request then return request end
  raise("unknown member of a client: " .. shown(key) .. " (it has get, head, post, put, patch, delete, request)")
end
local function number_of(self, word)
  local number = numbers[self]
  if not number then raise("call it with a colon: client:" .. word .. "(...)") end
  return number
end
for verb, method in next, verbs do
  local word = "client:" .. verb
  requests[verb] = function(self, url, options)
    return send(word, number_of(self, verb), method, url, options, 1)
  end
end
function requests.request(self, method, url, options)
  local number = number_of(self, "request")
  check_method("client:request", method)
  return send("client:request", number, method, url, options, 2)
end

function http.client(options)
  if R.is_loaded then raise("rover.http.client stands at the top level of a file: a client keeps its connections") end
  check_options("rover.http.client", 1, options)
  local ok, number, message = client(options or {})
  if not ok then raise("rover.http.client: " .. message) end
  local made = setmetatable({}, Client)
  numbers[made] = number
  return made
end

-- A program without the feature has no natives for it.
if not fetch then
  local function missing()
    raise("rover.http needs the feature `client` of the crate rover: features = [\"client\"] in Cargo.toml")
  end
  for word in next, http do http[word] = missing end
end
R.http_words = setmetatable(http, { __index = function(_, key)
  raise("rover.http." .. tostring(key) .. " is not available in this version")
end, __metatable = "rover.http" })
