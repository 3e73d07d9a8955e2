local g = rover.guard
local env = rover.env {
  PORT = g:integer():required(),
  HOST = g:string():required(),
  TITLE = g:string():required(),
  DEADLINE = g:string():default("1s"),
}
local api = rover.server {
  host = env.HOST,
  port = env.PORT,
  title = env.TITLE,
  deadline = env.DEADLINE,
  keep_alive = rover.env.KEEP_ALIVE or "long",
}

function api.get() return env.PORT end

return api
