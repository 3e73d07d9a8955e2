local api = rover.server {
  host = 7,
  port = "42a",
  workers = 1.5,
  log_level = true,
  body_limit = -1,
}
return api
