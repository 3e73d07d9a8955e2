-- A program that is told by its environment where it runs.
local g = rover.guard
local env = rover.env {
  --- Where the books are.
  DATABASE_URL = g:string():required("the URL of the books' database"),
  --- Where the server listens.
  PORT = g:integer():min(1):max(65535):default(4242),
  SECRET = g:string():len(8, 64):required(),
  MODE = g:string():enum { "test", "live" }:default("live"),
  RATE = g:number():required(),
  VERBOSE = g:boolean():default(false),
}
local mail = require "lib.mail"
-- It comes to this with what stands for a variable that is wrong, too.
local half = env.RATE / 2
local where = "at " .. env.DATABASE_URL

local api = rover.server {
  host = rover.env.ADDRESS or "127.0.0.1",
  port = env.PORT,
  workers = 2,
  keep_alive = rover.env.KEEP_ALIVE or "75s",
}

function api.get()
  return {
    where = where, port = env.PORT, half = half, mode = env.MODE, verbose = env.VERBOSE, mail = mail.from,
    secret = #env.SECRET,
  }
end

function api.debug.get()
  if not rover.env.DEBUG then return api.error(404, "Not Found") end
  return { debug = rover.env.DEBUG }
end

-- A text that only this environment has decides which function answers.
local function one() return "one" end
local function two() return "two" end
api.choice.get = (os.getenv "CHOICE" or ""):find "t[w]o" and two or one

return api
