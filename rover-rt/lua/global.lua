-- The global `rover`.
local R = ...
local native = R.native

local raise, tostring, setmetatable, pairs = R.raise, tostring, setmetatable, pairs

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

local rover = {
  html = R.html,
  template = function()
    raise("the compiler did not see this template: write rover.template \"file\" with the name as a constant")
  end,
  log = log,
  json = R.json.json,
  env = R.env,
  fs = R.fs,
  null = native.null,
  guard = R.guard,
  array = R.json.array,
  http = R.http_words,
  db = R.db,
  base64 = R.coding.base64,
  hex = R.coding.hex,
  url = R.coding.url,
  crypto = R.crypto,
  password = R.password,
  jwt = R.jwt,
  shared = R.shared,
  rate_limit = R.rate_limit,
  idempotent = R.idempotent,
  cache = R.cache,
  server = function(options)
    if current then raise("rover.server was called twice") end
    current = R.server.new(options or {}, R.builders)
    return current
  end,
}
for word, f in pairs(R.wait_words) do rover[word] = f end
R.rover = setmetatable(rover, { __index = function(_, key)
  raise("rover." .. tostring(key) .. " is not available in this version")
end, __metatable = "rover" })
