-- `rover.jwt`: signed tokens. Natives know keys by numbers; what claims say of times and audiences is judged here.
local R = ...
local native, raise, settled, http_error = R.native, R.raise, R.settled, R.http.error
local type, tostring, next, error, format = type, tostring, next, error, string.format
local find, sub, lower, floor = string.find, string.sub, string.lower, math.floor
local setmetatable, huge, charge = setmetatable, math.huge, R.limits.charge

local jwt = {}
R.jwt = jwt

local function shown(value) return value == nil and "no value" or type(value) end

local function not_while_loading(word)
  if not R.is_loaded then raise(word .. " is called while the program loads, before there is a request") end
end

-- Numbers of keys, by the key's text or table, for each algorithm that was asked for.
local by_text, by_table, count = {}, {}, 0
local MOST = 100

local function read_key(word, key, alg)
  local text = key
  if type(key) == "table" then
    local ok, encoded = native.json_encode(key)
    if not ok then raise(word .. ": the key: " .. encoded) end
    text = encoded
  elseif type(key) ~= "string" then
    raise(format("bad argument #2 to '%s' (a key expected: a secret, a text in PEM or a JWK; got %s)", word, shown(key)))
  end
  if count == MOST then
    native.jwt_forget()
    by_text, by_table, count = {}, {}, 0
  end
  local number, wrong = native.jwt_key(text, alg)
  if not number then raise(word .. ": the key: " .. wrong) end
  count = count + 1
  local by = type(key) == "table" and by_table or by_text
  local name = alg or ""
  by[name] = by[name] or setmetatable({}, { __mode = type(key) == "table" and "k" or nil })
  by[name][key] = number
  return number
end

local function number_of(word, key, alg)
  local known = (type(key) == "table" and by_table or by_text)[alg or ""]
  return key ~= nil and known and known[key] or read_key(word, key, alg)
end

local function seconds(word, name, value)
  local number = value
  if type(value) == "string" then number = native.jwt_seconds(value) end
  if type(number) ~= "number" or not (number >= 0 and number < huge) then
    raise(word .. ": the option `" .. name .. "` is a time in seconds, or a text such as \"15m\", \"24h\" or \"7d\"")
  end
  return number
end

local function check_options(word, options, known)
  if type(options) ~= "table" then
    raise(format("bad options of '%s' (a table expected, got %s)", word, shown(options)))
  end
  for name in next, options do
    if not known[name] then raise(word .. " has no option `" .. tostring(name) .. "` (it has " .. known[1] .. ")") end
  end
  local alg = options.alg
  if alg ~= nil and type(alg) ~= "string" then raise(word .. ": the option `alg` is a text such as \"HS256\"") end
end

-- What a signature gave, which may have been waited for.
local function signed(word, ok, token, message, ...)
  if ok then return token end
  if token == "key" then raise(word .. ": " .. message) end
  return settled(word, ok, token, message, ...)
end

local SIGNING = { "alg, ttl", alg = true, ttl = true }
function jwt.sign(claims, key, options)
  local word = "rover.jwt.sign"
  not_while_loading(word)
  if type(claims) ~= "table" then
    raise(format("bad argument #1 to '%s' (a table of claims expected, got %s)", word, shown(claims)))
  end
  local alg, ttl
  if options ~= nil then
    check_options(word, options, SIGNING)
    alg = options.alg
    if options.ttl ~= nil then ttl = seconds(word, "ttl", options.ttl) end
  end
  local all = {}
  for name, value in next, claims do
    if type(name) ~= "string" then raise(word .. ": a claim has a name, and a list has none") end
    all[name] = value
  end
  local now = floor(native.jwt_now())
  if all.iat == nil then all.iat = now end
  if ttl then
    if all.exp ~= nil then raise(word .. ": both the claim `exp` and the option `ttl` are given") end
    all.exp = floor(now + ttl)
  end
  local ok, text = native.json_encode(all)
  if not ok then raise(word .. ": " .. text) end
  charge(#text)
  return signed(word, native.jwt_sign(text, number_of(word, key, alg)))
end

-- `nil, why` for a claim that does not hold.
local function wrong_time(claims, now, leeway)
  local exp, nbf, iat = claims.exp, claims.nbf, claims.iat
  if exp ~= nil then
    if type(exp) ~= "number" then return "the token's exp is no number" end
    if now >= exp + leeway then return "the token has expired" end
  end
  if nbf ~= nil then
    if type(nbf) ~= "number" then return "the token's nbf is no number" end
    if now < nbf - leeway then return "the token is not valid yet" end
  end
  if iat ~= nil then
    if type(iat) ~= "number" then return "the token's iat is no number" end
    if now < iat - leeway then return "the token is from the future" end
  end
end

local function is_one_of(value, wanted)
  if type(wanted) ~= "table" then return value == wanted end
  for i = 1, #wanted do
    if value == wanted[i] then return true end
  end
  return false
end

local function is_for(aud, wanted)
  if type(aud) ~= "table" then return type(aud) == "string" and is_one_of(aud, wanted) end
  for i = 1, #aud do
    if type(aud[i]) == "string" and is_one_of(aud[i], wanted) then return true end
  end
  return false
end

local function wrong_claim(claims, issuer, audience)
  if issuer ~= nil and not (type(claims.iss) == "string" and is_one_of(claims.iss, issuer)) then
    return "the token is of another issuer"
  end
  local aud = claims.aud
  -- Who is not named in it must not take it (RFC 7519, section 4.1.3).
  if aud ~= nil and audience == nil then return "the token is for an audience" end
  if audience ~= nil and not is_for(aud, audience) then return "the token is for another audience" end
end

-- A token, or a header `Authorization` with one.
local function bare(token)
  local at = find(token, " ", 1, true)
  if not at then return token end
  local scheme = lower(sub(token, 1, at - 1))
  if scheme == "bearer" or scheme == "token" then return sub(token, at + 1) end
end

local LEEWAY = 10
local CHECKING = {
  "alg, issuer, audience, leeway", alg = true, issuer = true, audience = true, leeway = true,
}
local function names(word, name, value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "table" and kind ~= "nil" then
    raise(word .. ": the option `" .. name .. "` is a text or a list of texts")
  end
  return value
end

-- The claims of a token whose key is one of a set that another server publishes.
local function published(word, token, set)
  local claims, now = native.jwks_verify(token, set)
  if claims ~= false then return claims, now end
  local ok, kind, message, code, retryable = native.jwks_ask(set)
  if not ok then
    if message == nil or kind == "cancelled" then settled(word, ok, kind, message, code, retryable) end
    native.log(3, word .. ": " .. message)
    http_error(503, "The keys that tokens are checked with cannot be fetched")
  end
  claims, now = native.jwks_verify(token, set)
  if claims == false then return nil, "the token's key is not known" end
  return claims, now
end

-- The claims; or nil and why, which is nothing where there is no token. `set` is whether the number is that of a set
-- that is published.
local function claims_of(word, token, number, options, set)
  if type(token) ~= "string" then return nil, token ~= nil and "the token is malformed" or nil end
  local leeway, issuer, audience = LEEWAY, nil, nil
  if options ~= nil then
    if options.leeway ~= nil then leeway = seconds(word, "leeway", options.leeway) end
    issuer, audience = names(word, "issuer", options.issuer), names(word, "audience", options.audience)
  end
  token = bare(token)
  if not token or token == "" then return nil end
  local claims, now
  if set then claims, now = published(word, token, number) else claims, now = native.jwt_verify(token, number) end
  if not claims then return nil, now end
  local wrong = wrong_time(claims, now, leeway) or wrong_claim(claims, issuer, audience)
  if wrong then return nil, wrong end
  return claims
end

local function checked(word, token, key, options)
  not_while_loading(word)
  local alg
  if options ~= nil then
    check_options(word, options, CHECKING)
    alg = options.alg
  end
  return claims_of(word, token, number_of(word, key, alg), options)
end

local MISSING = "a token is needed"
-- RFC 6750, section 3.
local function refuse(wrong)
  local challenge = "Bearer"
  if wrong then challenge = 'Bearer error="invalid_token", error_description="' .. wrong .. '"' end
  error(R.builders.error(401, wrong or MISSING):header("www-authenticate", challenge), 0)
end

function jwt.verify(token, key, options)
  local claims, wrong = checked("rover.jwt.verify", token, key, options)
  if not claims then refuse(wrong) end
  return claims
end

function jwt.claims(token, key, options)
  local claims, wrong = checked("rover.jwt.claims", token, key, options)
  if not claims then return nil, wrong or MISSING end
  return claims
end

-- Sets of keys at URLs, by what `rover.jwt.keys` gave.
local sets = setmetatable({}, { __mode = "k" })
local methods = {}
local Keys = { __metatable = "rover.jwt_keys" }
function Keys.__index(_, key)
  local method = methods[key]
  if method then return method end
  raise("unknown member of keys: " .. R.shown(key) .. " (they have verify, claims)")
end

local OF_SETS = { "issuer, audience, leeway", issuer = true, audience = true, leeway = true }
local function checked_by_set(word, self, token, options)
  local set = sets[self]
  if not set then raise("call it with a colon: " .. word .. "(...)") end
  if options ~= nil then check_options(word, options, OF_SETS) end
  return claims_of(word, token, set, options, true)
end
function methods.verify(self, token, options)
  local claims, wrong = checked_by_set("keys:verify", self, token, options)
  if not claims then refuse(wrong) end
  return claims
end
function methods.claims(self, token, options)
  local claims, wrong = checked_by_set("keys:claims", self, token, options)
  if not claims then return nil, wrong or MISSING end
  return claims
end

local OF_KEYS = { "alg", alg = true }
function jwt.keys(url, options)
  local word = "rover.jwt.keys"
  if R.is_loaded then raise(word .. " stands at the top level of a file: the keys are kept") end
  if not native.jwks_new then
    raise(word .. " needs the feature `client` of the crate rover: features = [\"client\"] in Cargo.toml")
  end
  if type(url) ~= "string" then
    raise(format("bad argument #1 to '%s' (a URL expected, got %s)", word, shown(url)))
  end
  if options ~= nil then check_options(word, options, OF_KEYS) end
  local set, wrong = native.jwks_new(url, options and options.alg)
  if not set then raise(word .. ": " .. wrong) end
  local keys = setmetatable({}, Keys)
  sets[keys] = set
  return keys
end

if not native.jwt_verify then
  for name in next, jwt do
    jwt[name] = function()
      raise("rover.jwt needs the feature `crypto` of the crate rover: features = [\"crypto\"] in Cargo.toml")
    end
  end
end
