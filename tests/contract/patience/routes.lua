-- Limits of time, memory and number that a test can wait for.
local api = rover.server {
  header_timeout = "300ms",
  keep_alive = "400ms",
  min_rate = 1000,
  rate_grace = "1s",
  max_connections = 6,
  max_connections_per_ip = 3,
  buffer_limit = "300KiB",
  max_wait = 0,
  health = true,
}

function api.hello.get() return "hello" end
function api.length.post(ctx) return #ctx:body() end
function api.large.get() return string.rep("x", 32 * 1024 * 1024) end

return api
