-- `rover.jwt.keys`: `tests/published.rs` says where the keys are, which this program publishes itself.
local api = rover.server {}
local jwt = rover.jwt
local keys = require "keys"

local published = jwt.keys(rover.env.KEYS_URL or "http://localhost:1/keys")
local of_pss = jwt.keys(rover.env.KEYS_URL or "http://localhost:1/keys", { alg = "PS256" })

-- What the other server does.
local state = { asked = 0, keys = {}, status = 200 } -- rover: per-worker
function api.keys.get()
  state.asked = state.asked + 1
  rover.sleep(0.02)
  if state.status ~= 200 then return api.error(state.status, "not now") end
  return { keys = rover.array(state.keys) }
end
local SETS = {
  none = {},
  rsa = { keys.jwk.rsa },
  -- Secrets and unknown kinds are left out.
  all = { { kty = "oct", kid = "s1", k = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s" }, { kty = "new", kid = "n1" }, keys.jwk.rsa, keys.jwk.p256 },
}
function api.publish.p_set.post(ctx)
  state.keys = SETS[ctx:params().set]
  return api.no_content()
end
function api.fail.p_status.post(ctx)
  state.status = tonumber(ctx:params().status)
  return api.no_content()
end
function api.asked.get() return { state.asked } end

function api.me.p_alg.get(ctx) return { user = published:verify("Bearer " .. keys.tokens[ctx:params().alg]).sub } end
function api.pss.get() return { user = of_pss:verify(keys.tokens.PS256).sub } end
function api.claims.get(ctx)
  local claims, wrong = published:claims(ctx:headers().authorization)
  return { user = claims and claims.sub, wrong = wrong }
end
function api.many.get()
  local users = rover.all({ 1, 2, 3, 4, 5, 6, 7, 8 }, function() return published:verify(keys.tokens.RS256).sub end)
  return users
end
-- A secret that the set has, and the public key as one.
function api.attacks.get()
  local said = rover.array {}
  for _, key in ipairs { { ("k"):rep(32), "s1" }, { keys.rsa_public, "r1" } } do
    local head = rover.base64.encode('{"alg":"HS256","kid":"' .. key[2] .. '"}', { url = true })
    local message = head .. "." .. rover.base64.encode('{"sub":"eve"}', { url = true })
    local token = message .. "." .. rover.base64.encode(rover.crypto.hmac("sha256", key[1], message), { url = true })
    local claims, wrong = published:claims(token)
    said[#said + 1] = claims and "TAKEN" or wrong
  end
  return said
end

return api
