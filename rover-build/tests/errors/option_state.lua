-- An address may have a password, which is not told.
local api = rover.server {
  state = "http://user:secret@host",
}
return api
