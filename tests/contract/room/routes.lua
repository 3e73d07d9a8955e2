-- Limits of number and of memory, where no time ends a connection.
local api = rover.server {
  header_timeout = 0,
  keep_alive = 0,
  min_rate = 0,
  max_connections = 6,
  max_connections_per_ip = 3,
  buffer_limit = "300KiB",
  max_wait = 0,
}

function api.hello.get() return "hello" end
function api.length.post(ctx) return #ctx:body() end

return api
