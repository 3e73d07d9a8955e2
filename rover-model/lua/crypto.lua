-- `rover.base64`, `rover.hex`, `rover.url` and `rover.crypto`, in the compiler's VM and in the workers'.
--
-- `native` has what they are made of, and no functions `crypto_*` where the program's `rover` is built without its
-- feature `crypto`. `raise(text)` raises an error with the program's line, `is_loaded()` says whether the program has
-- loaded, `charge(bytes)` is told of long texts.
local native, raise, is_loaded, charge = ...
local type, tostring, getmetatable, next, format = type, tostring, getmetatable, next, string.format
local concat, sort = table.concat, table.sort

local function shown(value) return value == nil and "no value" or type(value) end

local LONG = 4096
local function measured(text)
  if #text > LONG then charge(#text) end
  return text
end

-- A text: a number is one, and so is a request's body.
local function text(word, position, value)
  local kind = type(value)
  if kind == "string" then return measured(value) end
  if kind == "number" then return tostring(value) end
  if getmetatable(value) == "rover.body" then return measured(value:raw()) end
  raise(format("bad argument #%d to '%s' (a text expected, got %s)", position, word, shown(value)))
end

-- Options that are true or false.
local function check(word, position, options, known)
  if type(options) ~= "table" then
    raise(format("bad argument #%d to '%s' (a table of options expected, got %s)", position, word, shown(options)))
  end
  for name, value in next, options do
    if not known[name] then
      local names = {}
      for one in next, known do names[#names + 1] = one end
      sort(names)
      raise(format("%s has no option `%s` (it has %s)", word, tostring(name), concat(names, ", ")))
    end
    if type(value) ~= "boolean" then
      raise(format("%s: the option `%s` is true or false", word, name))
    end
  end
end

local base64, hex, url, crypto = {}, {}, {}, {}

local ENCODING, DECODING = { url = true, pad = true }, { url = true }
function base64.encode(value, options)
  value = text("rover.base64.encode", 1, value)
  if options == nil then return native.to_base64(value, false, true) end
  check("rover.base64.encode", 2, options, ENCODING)
  local pad = options.pad
  if pad == nil then pad = not options.url end
  return native.to_base64(value, options.url, pad)
end
function base64.decode(value, options)
  value = text("rover.base64.decode", 1, value)
  if options == nil then return native.from_base64(value, false) end
  check("rover.base64.decode", 2, options, DECODING)
  return native.from_base64(value, options.url)
end

function hex.encode(value) return native.to_hex(text("rover.hex.encode", 1, value)) end
function hex.decode(value) return native.from_hex(text("rover.hex.decode", 1, value)) end

function url.encode(value) return native.to_url(text("rover.url.encode", 1, value)) end
function url.decode(value) return native.from_url(text("rover.url.decode", 1, value)) end

local SIMPLE = { string = true, number = true, boolean = true }
-- Names in order, so that one table is one text.
function url.query(fields)
  local word = "rover.url.query"
  if type(fields) ~= "table" then
    raise(format("bad argument #1 to '%s' (a table expected, got %s)", word, shown(fields)))
  end
  local names, parts = {}, {}
  for name in next, fields do
    if type(name) ~= "string" then raise(word .. ": a name is a text, got " .. shown(name)) end
    names[#names + 1] = name
  end
  sort(names)
  local function add(name, value)
    if not SIMPLE[type(value)] then
      raise(format("%s: the value of `%s` is a %s; it takes texts, numbers, booleans and lists of them", word, name, type(value)))
    end
    parts[#parts + 1] = native.to_url(name) .. "=" .. native.to_url(measured(tostring(value)))
  end
  for i = 1, #names do
    local value = fields[names[i]]
    if type(value) == "table" then
      for at = 1, #value do add(names[i], value[at]) end
    else
      add(names[i], value)
    end
  end
  return concat(parts, "&")
end

-- Every worker runs the program's top level, and the build does.
local function not_while_loading(word)
  if not is_loaded() then
    raise(word .. " is called while the program loads: every worker would have another value. Call it in a handler; a secret comes from rover.env")
  end
end

local HEX = { hex = true }
local function wants_hex(word, position, options)
  if options == nil then return false end
  check(word, position, options, HEX)
  return options.hex
end

for _, name in next, { "sha256", "sha384", "sha512", "sha1", "md5" } do
  local word = "rover.crypto." .. name
  crypto[name] = function(value, options)
    return native.crypto_hash(name, text(word, 1, value), wants_hex(word, 2, options))
  end
end

function crypto.hmac(algorithm, key, value, options)
  local word = "rover.crypto.hmac"
  if type(algorithm) ~= "string" then
    raise(format("bad argument #1 to '%s' (the name of a hash function expected, got %s)", word, shown(algorithm)))
  end
  key, value = text(word, 2, key), text(word, 3, value)
  local code = native.crypto_hmac(algorithm, key, value, wants_hex(word, 4, options))
  if not code then
    raise(word .. ": there is no hash function '" .. algorithm .. "' (there are sha256, sha384, sha512, sha1, md5)")
  end
  return code
end

function crypto.equals(a, b)
  return native.crypto_equals(text("rover.crypto.equals", 1, a), text("rover.crypto.equals", 2, b))
end

local MOST = 2 ^ 20
function crypto.random(n, options)
  local word = "rover.crypto.random"
  not_while_loading(word)
  if type(n) ~= "number" or not (n >= 1 and n <= MOST and n % 1 == 0) then
    raise(format("bad argument #1 to '%s' (a whole number from 1 to %d expected)", word, MOST))
  end
  local as_hex = wants_hex(word, 2, options)
  charge(n)
  return native.crypto_random(n, as_hex)
end

function crypto.uuid()
  not_while_loading("rover.crypto.uuid")
  return native.crypto_uuid()
end
function crypto.uuid7()
  not_while_loading("rover.crypto.uuid7")
  return native.crypto_uuid7()
end

local function wrong_key(word, key)
  raise(format("%s: a key has 32 bytes, and this one has %d; `openssl rand -hex 32` makes the digits for rover.hex.decode", word, #key))
end
local function purpose_of(word, purpose)
  return purpose == nil and "" or text(word, 3, purpose)
end
function crypto.encrypt(key, value, purpose)
  local word = "rover.crypto.encrypt"
  not_while_loading(word)
  key, value = text(word, 1, key), text(word, 2, value)
  local sealed = native.crypto_encrypt(key, value, purpose_of(word, purpose))
  if not sealed then wrong_key(word, key) end
  return sealed
end
function crypto.decrypt(key, value, purpose)
  local word = "rover.crypto.decrypt"
  not_while_loading(word)
  key = text(word, 1, key)
  -- What a client sends may be no text at all.
  value = value == nil and "" or text(word, 2, value)
  local opened = native.crypto_decrypt(key, value, purpose_of(word, purpose))
  if opened == nil then wrong_key(word, key) end
  return opened or nil
end

if not native.crypto_hash then
  for name in next, crypto do
    crypto[name] = function()
      raise("rover.crypto needs the feature `crypto` of the crate rover: features = [\"crypto\"] in Cargo.toml")
    end
  end
end

return { base64 = base64, hex = hex, url = url, crypto = crypto }
