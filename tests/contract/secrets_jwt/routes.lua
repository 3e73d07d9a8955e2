-- `rover.jwt`: tokens, and what attackers make of them.
local api = rover.server {}
local jwt, base64, hex = rover.jwt, rover.base64, rover.hex
local keys = require "keys"

local SECRET = ("k"):rep(32)

-- A hook's work: the token of the header, or 401.
local function user(ctx) return jwt.verify(ctx:headers().authorization, SECRET) end
function api.me.get(ctx) return { user = user(ctx).sub } end
function api.token.get(ctx)
  local ttl = tonumber(ctx:query().ttl)
  return { token = jwt.sign({ sub = "ann" }, SECRET, { ttl = ttl }) }
end
-- Who is not known is nobody.
function api.maybe.get(ctx)
  local claims, wrong = jwt.claims(ctx:headers().authorization, SECRET)
  return { user = claims and claims.sub, wrong = wrong }
end

-- Tokens that another library has signed, with every form of their keys.
local FORMS = {
  HS256 = { SECRET, { kty = "oct", k = base64.encode(SECRET, { url = true }) } },
  HS384 = { SECRET }, HS512 = { ("k"):rep(64) },
  RS256 = { keys.rsa, keys.rsa_public, keys.rsa_old, keys.rsa_public_old, keys.jwk.rsa, keys.jwk.rsa_private,
    rover.json.encode(keys.jwk.rsa), { keys = { keys.jwk.p256, keys.jwk.rsa } } },
  RS384 = { keys.rsa_public }, RS512 = { keys.rsa_public, keys.jwk.rsa },
  PS256 = { keys.rsa_public, keys.jwk.rsa }, PS384 = { keys.rsa }, PS512 = { keys.rsa },
  ES256 = { keys.p256, keys.p256_public, keys.p256_old, keys.jwk.p256, keys.jwk.p256_private,
    { keys = { keys.jwk.p256, keys.jwk.rsa } } },
  ES384 = { keys.p384, keys.p384_public }, ES512 = { keys.p521, keys.p521_public },
  EdDSA = { keys.ed25519, keys.ed25519_public, keys.jwk.ed25519, keys.jwk.ed25519_private },
}
local DEFAULT = { HS256 = true, RS256 = true, ES256 = true, ES384 = true, ES512 = true, EdDSA = true }
function api.forms.get()
  local wrong, count = rover.array {}, 0
  for alg, forms in pairs(FORMS) do
    for at, key in ipairs(forms) do
      local is_set = type(key) == "table" and key.keys
      local name = alg .. " " .. at
      local claims, why = jwt.claims(keys.tokens[alg], key, not is_set and { alg = alg } or nil)
      if not claims or claims.sub ~= "ann" then wrong[#wrong + 1] = name .. ": " .. tostring(why) end
      if DEFAULT[alg] and not jwt.claims(keys.tokens[alg], key) then wrong[#wrong + 1] = name .. " by default" end
      -- What it signs, it takes.
      local ok, token = pcall(jwt.sign, { sub = "bob" }, key, { alg = alg })
      if ok and jwt.verify(token, key, { alg = alg }).sub ~= "bob" then wrong[#wrong + 1] = name .. " signs" end
      if ok then count = count + 1 end
    end
  end
  return { wrong = wrong, signed = count }
end

-- RFC 7515, appendix A.1: only its time is wrong.
local RFC = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
local RFC_KEY = { kty = "oct", k = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" }
function api.rfc.get()
  return {
    select(2, jwt.claims(RFC, RFC_KEY)),
    jwt.claims(RFC, RFC_KEY, { leeway = "36500d", issuer = "joe" }),
  }
end

-- A token with any header, signed by HMAC.
local function forged(header, claims, key)
  local message = base64.encode(header, { url = true }) .. "." .. base64.encode(claims, { url = true })
  return message .. "." .. base64.encode(rover.crypto.hmac("sha256", key or SECRET, message), { url = true })
end
local HS = '{"alg":"HS256"}'
local function with_claims(claims) return forged(HS, claims) end

local GOOD = jwt.sign
local attacks = {
  ["algorithm none"] = function() return forged('{"alg":"none"}', '{"sub":"eve"}'):gsub("[^.]*$", "") end,
  ["algorithm None, signed"] = function() return forged('{"alg":"None"}', '{"sub":"eve"}') end,
  ["no algorithm"] = function() return forged('{"typ":"JWT"}', '{"sub":"eve"}') end,
  ["an algorithm that is a list"] = function() return forged('{"alg":["HS256"]}', '{"sub":"eve"}') end,
  ["an algorithm said twice"] = function() return forged('{"alg":"none","alg":"HS256"}', '{"sub":"eve"}') end,
  ["another hash"] = function() return forged('{"alg":"HS512"}', '{"sub":"eve"}') end,
  ["lower case"] = function() return forged('{"alg":"hs256"}', '{"sub":"eve"}') end,
  ["the public key as a secret"] = function() return forged(HS, '{"sub":"eve"}', keys.rsa_public), keys.rsa_public, { alg = "RS256" } end,
  ["the public key as a secret, RS256"] = function() return forged('{"alg":"RS256"}', '{"sub":"eve"}', keys.rsa_public), keys.rsa_public end,
  ["a signature by RSA for a secret"] = function() return keys.tokens.RS256 end,
  ["PSS in place of PKCS"] = function() return keys.tokens.PS256, keys.rsa_public end,
  ["another secret"] = function() return forged(HS, '{"sub":"eve"}', ("e"):rep(32)) end,
  ["a key that is a path"] = function() return forged('{"alg":"HS256","kid":"../../dev/null"}', '{"sub":"eve"}', "") end,
  ["a key in the header"] = function() return forged('{"alg":"HS256","jwk":{"kty":"oct","k":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}}', '{"sub":"eve"}', ("e"):rep(32)) end,
  ["a set's key of another kind"] = function() return forged('{"alg":"HS256","kid":"r1"}', '{"sub":"eve"}', keys.rsa_public), { keys = { keys.jwk.rsa } } end,
  ["a key that the set has not"] = function() return forged('{"alg":"RS256","kid":"r2"}', '{"sub":"eve"}'), { keys = { keys.jwk.rsa } } end,
  ["an extension that must be known"] = function() return forged('{"alg":"HS256","crit":["exp"]}', '{"sub":"eve"}') end,
  ["claims that are not encoded"] = function() return forged('{"alg":"HS256","b64":false}', '{"sub":"eve"}') end,
  ["no signature"] = function() return (GOOD({ sub = "eve" }, SECRET):gsub("[^.]*$", "")) end,
  ["half a signature"] = function() return GOOD({ sub = "eve" }, SECRET):sub(1, -4) end,
  ["more than a signature"] = function() return GOOD({ sub = "eve" }, SECRET) .. "AAAA" end,
  ["another last bit"] = function()
    local token = GOOD({ sub = "eve" }, SECRET)
    -- 32 bytes leave two bits of the last character unused.
    local last = token:byte(-1)
    local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    local at = ALPHABET:find(string.char(last), 1, true)
    return token:sub(1, -2) .. ALPHABET:sub(at + 1, at + 1)
  end,
  ["padding"] = function() return GOOD({ sub = "eve" }, SECRET) .. "=" end,
  ["a line break"] = function() return GOOD({ sub = "eve" }, SECRET) .. "\n" end,
  ["the other alphabet"] = function()
    local token
    repeat token = GOOD({ sub = rover.crypto.random(6, { hex = true }) }, SECRET) until token:match("[^.]*$"):find "_"
    return (token:gsub("_", "/"))
  end,
  ["two parts"] = function() return "e30.e30" end,
  ["four parts"] = function() return GOOD({ sub = "eve" }, SECRET) .. ".e30" end,
  ["five parts"] = function() return "e30.e30.e30.e30.e30" end,
  ["points"] = function() return ".." end,
  ["many points"] = function() return ("."):rep(10000) end,
  ["nothing in it"] = function() return forged("", "") end,
  ["no JSON in the header"] = function() return forged("x", '{"sub":"eve"}') end,
  ["no JSON in the claims"] = function() return with_claims "x" end,
  ["a list of claims"] = function() return with_claims '["sub"]' end,
  ["more behind the claims"] = function() return with_claims '{"sub":"eve"} {}' end,
  ["claims that are too deep"] = function() return with_claims(('{"a":'):rep(1000) .. "1" .. ("}"):rep(1000)) end,
  ["too long"] = function() return with_claims('{"sub":"' .. ("e"):rep(20000) .. '"}') end,
  ["expired"] = function() return with_claims '{"exp":1}' end,
  ["expired by its second exp"] = function() return with_claims '{"exp":99999999999,"exp":1}' end,
  ["exp of text"] = function() return with_claims '{"exp":"99999999999"}' end,
  ["exp of null"] = function() return with_claims '{"exp":null}' end,
  ["exp with an escape, null"] = function() return with_claims '{"\\u0065xp":null}' end,
  ["exp of a table"] = function() return with_claims '{"exp":{}}' end,
  ["exp below zero"] = function() return with_claims '{"exp":-1e300}' end,
  ["nbf in the future"] = function() return with_claims '{"nbf":99999999999}' end,
  ["nbf of a list"] = function() return with_claims '{"nbf":[]}' end,
  ["iat in the future"] = function() return with_claims '{"iat":1e300}' end,
  ["iat of text"] = function() return with_claims '{"iat":"now"}' end,
  ["for an audience that is not asked for"] = function() return with_claims '{"aud":"other"}' end,
  ["for another audience"] = function() return with_claims '{"aud":["a","b"]}', SECRET, { audience = { "c", "d" } } end,
  ["for no audience"] = function() return with_claims '{}', SECRET, { audience = "c" } end,
  ["for an audience that is a number"] = function() return with_claims '{"aud":1}', SECRET, { audience = "1" } end,
  ["by another issuer"] = function() return with_claims '{"iss":"eve"}', SECRET, { issuer = "joe" } end,
  ["by no issuer"] = function() return with_claims '{}', SECRET, { issuer = { "joe" } } end,
  ["by an issuer that is null"] = function() return with_claims '{"iss":null}', SECRET, { issuer = "joe" } end,
  ["no text"] = function() return {} end,
  ["a number"] = function() return 1 end,
  ["another scheme"] = function() return "Basic " .. GOOD({ sub = "eve" }, SECRET) end,
  ["two schemes"] = function() return "Bearer Bearer " .. GOOD({ sub = "eve" }, SECRET) end,
  ["no token at all"] = function() return "" end,
  ["only a scheme"] = function() return "Bearer " end,
}
function api.attacks.get()
  local said = {}
  for name, attack in pairs(attacks) do
    local token, key, options = attack()
    if type(key) == "number" then key = nil end
    local claims, why = jwt.claims(token, key or SECRET, options)
    said[#said + 1] = name .. ": " .. (claims and "TAKEN" or why)
  end
  table.sort(said)
  return said
end

-- What holds.
function api.good.get()
  local function check(claims, options) return jwt.claims(with_claims(claims), SECRET, options) ~= nil end
  local signed = jwt.sign({ sub = "ann", n = 1.5, list = { 1, 2 }, text = "ü" }, SECRET, { ttl = "1h" })
  local claims = jwt.verify(signed, SECRET)
  return {
    check '{"exp":99999999999.5}',
    check '{"sub":null}',
    check('{"aud":"a"}', { audience = "a" }),
    check('{"aud":["a","b"]}', { audience = { "x", "b" } }),
    check('{"iss":"joe"}', { issuer = { "ann", "joe" } }),
    check('{"exp":' .. os.time() - 5 .. "}"),
    not check('{"exp":' .. os.time() - 5 .. "}", { leeway = 0 }),
    check('{"iat":' .. os.time() + 8 .. "}"),
    claims.exp - claims.iat == 3600,
    claims.n == 1.5 and claims.list[2] == 2 and claims.text == "ü",
    #jwt.sign({}, SECRET):gsub("[^.]", "") == 2,
    jwt.claims("bearer " .. signed, SECRET) ~= nil,
    jwt.claims("TOKEN " .. signed, SECRET) ~= nil,
  }
end

local mistakes = {
  ["a short secret"] = function() return jwt.sign({}, "secret") end,
  ["an empty secret"] = function() return jwt.verify("x", "") end,
  ["no key"] = function() return jwt.verify("x", nil) end,
  ["no key for no token"] = function() return jwt.verify(nil, nil) end,
  ["a public key signs"] = function() return jwt.sign({}, keys.rsa_public) end,
  ["a public key as a secret"] = function() return jwt.verify("x", keys.rsa_public, { alg = "HS256" }) end,
  ["a JWK as a secret"] = function() return jwt.verify("x", keys.jwk.rsa, { alg = "HS256" }) end,
  ["a secret for RS256"] = function() return jwt.verify("x", SECRET, { alg = "RS256" }) end,
  ["a key for another curve"] = function() return jwt.verify("x", keys.p256_public, { alg = "ES384" }) end,
  ["an RSA key for a curve"] = function() return jwt.verify("x", keys.rsa_public, { alg = "ES256" }) end,
  ["a small RSA key"] = function() return jwt.sign({}, keys.small) end,
  ["no algorithm"] = function() return jwt.sign({}, SECRET, { alg = "none" }) end,
  ["an unknown algorithm"] = function() return jwt.verify("x", SECRET, { alg = "HS1" }) end,
  ["a broken PEM"] = function() return jwt.verify("x", "-----BEGIN PUBLIC KEY-----\nAAAA") end,
  ["a certificate"] = function() return jwt.verify("x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") end,
  ["a broken JWK"] = function() return jwt.verify("x", "{}") end,
  ["an empty set"] = function() return jwt.verify("x", { keys = rover.array() }) end,
  ["a set signs"] = function() return jwt.sign({}, { keys = { keys.jwk.rsa_private, keys.jwk.p256_private } }) end,
  ["an unknown option"] = function() return jwt.verify("x", SECRET, { iss = "joe" }) end,
  ["an unknown option of sign"] = function() return jwt.sign({}, SECRET, { expires = 1 }) end,
  ["a wrong time"] = function() return jwt.sign({}, SECRET, { ttl = "soon" }) end,
  ["two times"] = function() return jwt.sign({ exp = 1 }, SECRET, { ttl = 1 }) end,
  ["no claims"] = function() return jwt.sign(nil, SECRET) end,
  ["a list of claims"] = function() return jwt.sign({ 1 }, SECRET) end,
  ["a claim that is a function"] = function() return jwt.sign({ f = print }, SECRET) end,
  ["an audience that is a number"] = function() return jwt.verify("x", SECRET, { audience = 1 }) end,
}
function api.mistakes.get()
  local said = {}
  for name, f in pairs(mistakes) do
    local _, message = pcall(f)
    said[#said + 1] = name .. ": " .. (tostring(message):gsub("^routes%.lua:%d+: ", ""))
  end
  table.sort(said)
  return said
end

-- More keys than are kept.
function api.many.get()
  local first = jwt.sign({ sub = "ann" }, SECRET)
  for i = 1, 250 do
    local key = SECRET .. i
    if jwt.verify(jwt.sign({ n = i }, key), key).n ~= i then return i end
  end
  return { user = jwt.verify(first, SECRET).sub }
end

-- A key that takes some milliseconds signs on another thread where the request can wait, so that all have begun before
-- one has ended; else at once, as in a function of `string.gsub` within `update`.
local kept = rover.shared "kept"
function api.large.get()
  local begun, seen = 0, nil
  local function one(name)
    begun = begun + 1
    local token = jwt.sign({ sub = name }, keys.rsa_large, { alg = "PS256" })
    seen = seen or begun
    return jwt.verify(token, keys.rsa_large, { alg = "PS256" }).sub
  end
  local names = rover.all({ "ann", "bob", "eve" }, one)
  kept:update("token", function() return jwt.sign({ sub = "joe" }, keys.rsa_large) end)
  return { names = names, seen = seen, kept = jwt.verify(kept:get "token", keys.rsa_large).sub }
end
function api.large.direct.get() return { sub = jwt.verify(jwt.sign({ sub = "ann" }, keys.rsa_large), keys.rsa_large).sub } end

return api
