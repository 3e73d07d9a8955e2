local g = rover.guard
local env = rover.env {
  --- Where the books are.
  DATABASE_URL = g:string():required(),
  -- A remark that is nobody's documentation.
  PORT = g:integer():min(1024):max(65535):required(),
  --- How often it is looked.
  -- In seconds.
  INTERVAL = g:number():default(2.5),
  MODE = g:string():enum { "test", "live" }:required(),
  VERBOSE = g:boolean():default(false),
  PATH = g:string():required(),
  LIMIT = g:integer(),
}
local mail = require "lib.mail"

local LIMIT = env.LIMIT or 10
local greeting = "at " .. env.DATABASE_URL
local home = rover.env.HOME or "nowhere"

local api = rover.server {
  host = rover.env.HOST or "0.0.0.0",
  port = env.PORT,
  keep_alive = env.INTERVAL,
  trusted_proxies = { env.DATABASE_URL, "loopback" },
}

function api.get() return greeting end
function api.limit.get() return { limit = LIMIT, mode = env.MODE, port = env.PORT, home = home } end
function api.mail.get() return mail.from end
function api.late.get() return rover.env.LATE or os.getenv "LATER" end
function api.list.get() return { env.MODE, { path = env.PATH } } end

return api
