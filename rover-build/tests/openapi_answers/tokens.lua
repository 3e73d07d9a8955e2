-- What words throw.
local api = rover.server { docs = true }
local jwt = rover.jwt
local published = jwt.keys "https://login.example.com/keys"
local SECRET = ("k"):rep(32)

local function user(ctx) return jwt.verify(ctx:headers().authorization, SECRET) end
local function by_set(ctx) return published:verify(ctx:headers().authorization) end

function api.direct.get(ctx) return { id = rover.jwt.verify(ctx:headers().authorization, SECRET).sub } end
function api.by_helper.get(ctx) return { id = user(ctx).sub } end
function api.by_set.get(ctx) return { id = by_set(ctx).sub } end
function api.maybe.get(ctx)
  local claims = jwt.claims(ctx:headers().authorization, SECRET)
  return { known = claims ~= nil }
end
function api.caught.get(ctx)
  local ok = pcall(jwt.verify, ctx:headers().authorization, SECRET)
  return { known = ok }
end
function api.token.post() return { token = jwt.sign({ sub = "ann" }, SECRET, { ttl = "1h" }) } end

return api
