-- Options that come from the environment, which is empty in the build.
local port = os.getenv "TEST_ROVER_PORT" or "4300"
local api = rover.server {
  port = port,
  workers = tonumber(os.getenv "TEST_ROVER_WORKERS") or 1,
  keep_alive = os.getenv "TEST_ROVER_KEEP_ALIVE" or "75s",
  trusted_proxies = { os.getenv "TEST_ROVER_PROXY" },
  cors = { origins = { os.getenv "TEST_ROVER_PAGE" } },
  deadline = os.getenv "TEST_ROVER_DEADLINE" or "1s",
}

function api.get() return { port = port, number = type(os.getenv "TEST_ROVER_NONE") } end
api.ip.cors = { origins = { "https://b.example", os.getenv "TEST_ROVER_PAGE" } }
function api.ip.get(ctx) return ctx.client_ip end

return api
