local api = rover.server {
  host = 7,
  port = "4242",
  workers = 1.5,
  log_level = true,
  body_limit = -1,
}
return api
