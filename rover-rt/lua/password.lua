-- `rover.password`: hashes of passwords. They are made on threads of their own, for which the request waits.
local R = ...
local native, raise, settled, http_error = R.native, R.raise, R.settled, R.http.error
local type, next, format = type, next, string.format

local words = {}
R.password = words

local function check(word, position, value)
  if type(value) ~= "string" then
    raise(format("bad argument #%d to '%s' (a text expected, got %s)", position, word, value == nil and "no value" or type(value)))
  end
end

local function made(ok, hash, ...)
  if ok == false and hash == "long" then http_error(400, "The password is longer than 4096 bytes") end
  return settled("rover.password.hash", ok, hash, ...)
end
function words.hash(password)
  check("rover.password.hash", 1, password)
  return made(native.password_hash(password))
end

-- Without a hash it takes as long as with one.
function words.verify(password, hash)
  if type(password) ~= "string" then password = "" end
  if hash == R.native.null then hash = nil end
  if hash ~= nil then check("rover.password.verify", 2, hash) end
  return settled("rover.password.verify", native.password_verify(password, hash))
end

function words.needs_rehash(hash)
  check("rover.password.needs_rehash", 1, hash)
  return not native.password_is_of_today(hash)
end

if not native.password_hash then
  for name in next, words do
    words[name] = function()
      raise("rover.password needs the feature `crypto` of the crate rover: features = [\"crypto\"] in Cargo.toml")
    end
  end
end
