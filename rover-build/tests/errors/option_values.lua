local api = rover.server {
  host = "not a host",
  port = 70000,
  workers = 0,
  log_level = "loud",
  docs = "yes",
  body_limit = "1XB",
  title = 7,
}
return api
