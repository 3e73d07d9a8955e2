-- `rover.crypto`. Hashes are the same while the program loads and in a request.
local api = rover.server {}
local crypto, hex = rover.crypto, rover.hex
local HEX = { hex = true }

-- RFC 1321 (A.5), RFC 3174 (7.3), RFC 6234 (8.5).
local HASHES = {
  { "md5", "abc", "900150983cd24fb0d6963f7d28e17f72" },
  { "md5", "", "d41d8cd98f00b204e9800998ecf8427e" },
  { "sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { "sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "sha256", ("a"):rep(1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
  { "sha384", "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
  { "sha512", "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
}
-- RFC 4231 (4.2, 4.3, 4.7), RFC 2202.
local CODES = {
  { "sha256", ("\11"):rep(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
  { "sha256", "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
  { "sha384", "Jefe", "what do ya want for nothing?", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
  { "sha512", "Jefe", "what do ya want for nothing?", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
  { "sha256", ("\170"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
  { "sha1", "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
  { "md5", "Jefe", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738" },
  { "md5", ("\170"):rep(80), "Test Using Larger Than Block-Size Key - Hash Key First", "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
}

local function wrong()
  local wrong = {}
  for i = 1, #HASHES do
    local name, text, expected = HASHES[i][1], HASHES[i][2], HASHES[i][3]
    if crypto[name](text, HEX) ~= expected then wrong[#wrong + 1] = name .. " of " .. #text .. " bytes" end
    if crypto[name](text) ~= hex.decode(expected) then wrong[#wrong + 1] = name .. " as bytes" end
  end
  for i = 1, #CODES do
    local name, key, text, expected = CODES[i][1], CODES[i][2], CODES[i][3], CODES[i][4]
    if crypto.hmac(name, key, text, HEX) ~= expected then wrong[#wrong + 1] = "hmac " .. i end
    if not crypto.equals(crypto.hmac(name, key, text), hex.decode(expected)) then wrong[#wrong + 1] = "equals " .. i end
  end
  return rover.array(wrong)
end
local while_loading = wrong()
function api.vectors.get() return { wrong = wrong(), while_loading = while_loading } end

function api.equals.get()
  local e = crypto.equals
  return { e("a", "a"), e("", ""), e("a", "b"), e("a", "aa"), e("\0", ""), e(1, "1") }
end

function api.random.get()
  local a, b = crypto.random(32), crypto.random(32)
  return { length = #a, differ = a ~= b, hex = #crypto.random(8, HEX), digits = crypto.random(8, HEX):find "^%x+$" ~= nil }
end

function api.uuids.get()
  local FORM = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-([47])%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
  local rising, last = true, ""
  for _ = 1, 1000 do
    local uuid = crypto.uuid7()
    rising, last = rising and uuid > last, uuid
  end
  return { crypto.uuid():match(FORM), crypto.uuid7():match(FORM), rising, crypto.uuid() ~= crypto.uuid() }
end

local KEY, OTHER = ("k"):rep(32), ("o"):rep(32)
function api.encrypt.get()
  local text = "a secret\0" .. ("x"):rep(1000)
  local sealed = crypto.encrypt(KEY, text)
  local for_mail = crypto.encrypt(KEY, text, "mail")
  local function changed(at) return sealed:sub(1, at - 1) .. string.char((sealed:byte(at) + 1) % 256) .. sealed:sub(at + 1) end
  local opened = {}
  for _, at in ipairs { 1, 2, 13, 14, #sealed - 16, #sealed } do opened[#opened + 1] = crypto.decrypt(KEY, changed(at)) end
  return {
    longer = #sealed - #text,
    again = sealed ~= crypto.encrypt(KEY, text),
    opened = crypto.decrypt(KEY, sealed) == text,
    empty = crypto.decrypt(KEY, crypto.encrypt(KEY, "")),
    for_mail = crypto.decrypt(KEY, for_mail, "mail") == text,
    refused = crypto.decrypt(KEY, for_mail) == nil and crypto.decrypt(KEY, for_mail, "post") == nil
      and crypto.decrypt(OTHER, sealed) == nil and crypto.decrypt(KEY, sealed:sub(1, -2)) == nil
      and crypto.decrypt(KEY, "") == nil and crypto.decrypt(KEY, nil) == nil and #opened == 0,
  }
end

-- What a webhook is checked with.
function api.hook.post(ctx)
  local code = crypto.hmac("sha256", "secret", ctx:body(), HEX)
  return { ok = crypto.equals(code, ctx:headers()["x-signature"] or "") }
end

local mistakes = {
  short_key = function() return crypto.encrypt("short", "text") end,
  short_key_again = function() return crypto.decrypt("short", "text") end,
  algorithm = function() return crypto.hmac("sha3", "key", "text") end,
  no_algorithm = function() return crypto.hmac(nil, "key", "text") end,
  random = function() return crypto.random(0) end,
  random_half = function() return crypto.random(1.5) end,
  random_much = function() return crypto.random(2 ^ 21) end,
  option = function() return crypto.sha256("", { digits = true }) end,
  text = function() return crypto.sha256(nil) end,
}
function api.mistakes.get()
  local said = {}
  for name, f in pairs(mistakes) do
    local _, message = pcall(f)
    said[#said + 1] = name .. ": " .. message:gsub("^routes%.lua:%d+: ", "")
  end
  table.sort(said)
  return said
end

return api
