local api = rover.server {
  state = { url = "redis://:secret@host:no", prefix = "shop", timeout = 0 },
}
return api
