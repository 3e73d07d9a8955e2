local api = rover.server {
  memory_limit = "1MiB",
}
function api.get() return 1 end
return api
