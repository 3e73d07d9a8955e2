-- `rover.password`: hashes of its own, and those that others have made.
local api = rover.server {}
local password = rover.password

function api.hash.get()
  local a, b = password.hash "correct horse", password.hash "correct horse"
  return {
    form = a:match "^%$argon2id%$v=19%$m=19456,t=2,p=1%$[%w+/]+%$[%w+/]+$" ~= nil,
    length = #a,
    differ = a ~= b,
    right = password.verify("correct horse", a),
    wrong = password.verify("correct horse ", a),
    needs_rehash = password.needs_rehash(a),
  }
end

-- Each is the hash of "password", made by another library.
local HASHES = {
  ["bcrypt 2b"] = "$2b$04$5H0PYhN5vBCbmv.iW/2f1uRRBDKA.6utj33MrkCtTQVwD.LTIMiVK",
  ["bcrypt 2a"] = "$2a$05$/Di72B5oVYcsh6yvqPuFv.x8IgLgPHfHLW/rCH.FnBClksqPaf.VK",
  ["bcrypt 2y"] = "$2y$04$5H0PYhN5vBCbmv.iW/2f1uRRBDKA.6utj33MrkCtTQVwD.LTIMiVK",
  ["passlib pbkdf2-sha256"] = "$pbkdf2-sha256$1000$J0SoVeo9R.gdo5QSAgAgRA$8vBb3dcoOrgJKka2dno0sKeuDPsA.a9P6sz.Y9p5/7s",
  ["passlib pbkdf2-sha512"] = "$pbkdf2-sha512$1000$1Jpzbu3dOyfk3Lu3NkbIuQ$0TsMWD/P2z.K0BDZluEYbAHr4WQi2UtAEfj90d/bCsc8WujS89STX5NjX22tcVV4vbaZrJlIsQsU1wSlVzlsgw",
  ["passlib pbkdf2"] = "$pbkdf2$1000$i1GKsRYiZKwVQkgJYax1Lg$Xkjuw7TcFMJpHybqURsUQdGfAeE",
  ["PHC pbkdf2-sha256"] = "$pbkdf2-sha256$i=1000,l=32$KTW9DD1GLd8mh6m8eOWjwA$6jJIY/A2kO0VHrOFQgZvYVkeblCbSeqgStUhsp9M8eI",
  ["Django pbkdf2_sha256"] = "pbkdf2_sha256$1000$somesalt$j4Aa14inUtOh7Sg/D7hH54ohymuHNQD4+ccfhepGWAY=",
  ["Django pbkdf2_sha1"] = "pbkdf2_sha1$1000$somesalt$nhpKdz3UCE/OUeC0aLwb8Rne5X8=",
  ["Django argon2"] = "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
  ["Django bcrypt_sha256"] = "bcrypt_sha256$$2b$04$kOO48zxKN4uJEu9HimEmm.Xpw6AVjbYnJ/XPETZ9Zr15huFFpvZ3u",
  ["Django bcrypt"] = "bcrypt$$2b$04$5RFrsfAT/JZOiwY625grQOfLTy1EVTYUPNRLtggmyM7K98G0zz7ju",
  ["Werkzeug pbkdf2"] = "pbkdf2:sha256:1000$WqxSJJP3ZLkgQsEw$8b488b7b7d5bf5d8b7f12c1a610a88dc1e8a8e2c2fe16bcb0415462cea2535de",
  ["argon2i"] = "$argon2i$v=19$m=64,t=2,p=2$l65NPUKo+ZNYQRXl$7/TVo+FEPc1Du+24GSkETGbLKyzRrcIu",
  ["argon2d"] = "$argon2d$v=19$m=64,t=2,p=2$PuHkGEfHop+/i80Z$nK5PZ4CmGYp1wfp4sCjr2UWf14hcgiHt",
  ["argon2id"] = "$argon2id$v=19$m=64,t=2,p=2$ZdAMzCKDCGLCOpEg$F7i4R3xkxqw2gr0tBnZCDEwr6c++17fk",
  ["argon2id of version 16"] = "$argon2id$v=16$m=64,t=2,p=1$c2FsdHNhbHRzYWx0$TG8rAOMrVWEWyYoJpSlsLqHtBeLKuxbJ+S8VGZ0RICs",
  ["argon2i without a version"] = "$argon2i$m=64,t=2,p=1$c2FsdHNhbHRzYWx0$7cMzS5j5+qj2rqSxTQJIu7P2JO9lMmo72S89CbyxNog",
}
function api.of_others.get()
  local wrong = rover.array {}
  for name, hash in pairs(HASHES) do
    if not password.verify("password", hash) then wrong[#wrong + 1] = name .. " is not known" end
    if password.verify("Password", hash) then wrong[#wrong + 1] = name .. " takes any" end
    if not password.needs_rehash(hash) then wrong[#wrong + 1] = name .. " is as good" end
  end
  return wrong
end

-- Where nobody can come in.
function api.none.get()
  local v = password.verify
  return { v("x", nil), v("x", ""), v("x", "!unusable"), v("x", "*"), v("x", rover.null), v(nil, nil) }
end

-- What a client sends.
function api.login.post(ctx)
  local body = ctx:body():json()
  return { ok = password.verify(body.password, HASHES["bcrypt 2b"]) }
end
function api.users.post(ctx)
  return { length = #password.hash(ctx:body():raw()) }
end

-- How many have begun to log in, and how many have ended.
local begun, ended, hash = 0, 0, nil -- rover: per-worker
function api.login_of_today.get()
  begun = begun + 1
  hash = hash or password.hash "password"
  local ok = password.verify("password", hash)
  ended = ended + 1
  return { ok = ok }
end
function api.state.get() return { begun, ended } end

local mistakes = {
  ["no hash"] = "plain",
  ["md5"] = "5f4dcc3b5aa765d61d8327deb882cf99",
  ["half a hash"] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
  ["much memory"] = "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ["many rounds"] = "$argon2id$v=19$m=65536,t=4294967295,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ["many lanes"] = "$argon2id$v=19$m=65536,t=1,p=100$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ["bcrypt's work"] = "$2b$31$EjRWeJASNFZ4kBI0VniQEeXMcpYMpSFXlvwEtVaOcDZFKzmMYOKGK",
  ["pbkdf2's work"] = "pbkdf2_sha256$4294967295$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}
function api.mistakes.get()
  local said = {}
  for name, hash in pairs(mistakes) do
    local _, problem = rover.try(password.verify, "x", hash)
    said[#said + 1] = name .. ": " .. problem.kind .. ": " .. tostring(problem)
  end
  local _, message = pcall(password.hash, nil)
  said[#said + 1] = (tostring(message):gsub("^routes%.lua:%d+: ", ""))
  table.sort(said)
  return said
end

-- More than may wait for their turn.
function api.full.get()
  local many = {}
  for i = 1, 300 do many[i] = i end
  rover.all(many, function() return password.verify("x", nil) end)
  return "there was room for all"
end

return api
