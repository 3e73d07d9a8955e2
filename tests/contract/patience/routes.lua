-- Limits of time that a test can wait for.
local api = rover.server {
  header_timeout = "1s",
  keep_alive = "1s",
  min_rate = 1000,
  rate_grace = "1s",
  max_wait = 0,
}

function api.hello.get() return "hello" end
function api.length.post(ctx) return #ctx:body() end
function api.large.get() return string.rep("x", 32 * 1024 * 1024) end

return api
