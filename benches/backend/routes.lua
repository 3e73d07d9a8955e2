-- What the bench of a back end's parts asks.
local api = rover.server { port = 4393, deadline = 10000 }

local SECRET = "a secret that is only for this bench"
local numbers = rover.shared "numbers"
local COUNT = 10000

function api.token.get() return { token = rover.jwt.sign({ sub = "ann" }, SECRET, { ttl = "1h" }) } end

function api.open.users.p_user.posts.p_post.get(ctx)
  local params = ctx:params()
  return { user = params.user, post = params.post, limit = ctx:query().limit, trace = ctx:headers()["x-trace"] }
end

function api.secured.before(ctx)
  ctx.claims = rover.jwt.verify(ctx:headers().authorization, SECRET)
end

function api.secured.users.p_user.posts.p_post.get(ctx)
  local params = ctx:params()
  return { user = params.user, post = params.post, limit = ctx:query().limit, trace = ctx:headers()["x-trace"] }
end

-- A word of `rover.shared` so many times, and what it gives at the end.
function api.shared.nothing.get()
  local last
  for i = 1, COUNT do last = i end
  return { count = COUNT, last = last }
end

function api.shared.get.get()
  numbers:set("read", 7)
  local last
  for _ = 1, COUNT do last = numbers:get "read" end
  return { count = COUNT, last = last }
end

function api.shared.set.get()
  for i = 1, COUNT do numbers:set("written", i) end
  return { count = COUNT, last = COUNT }
end

function api.shared.incr.get()
  for _ = 1, COUNT do numbers:incr("counted", 1) end
  return { count = COUNT, last = COUNT }
end

function api.shared.text.get()
  numbers:set("text", ("x"):rep(100))
  local last
  for _ = 1, COUNT do last = numbers:get "text" end
  return { count = COUNT, last = #last }
end

return api
