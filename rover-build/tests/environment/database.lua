-- What a database is told may come from the environment.
local g = rover.guard
local env = rover.env {
  DATABASE_URL = g:string():required(),
  STATEMENT_TIMEOUT = g:string():required(),
}
local db = rover.db(env.DATABASE_URL, { statement_timeout = env.STATEMENT_TIMEOUT, max_connections = 4 })
local other = rover.db(rover.env.OTHER_URL)
local api = rover.server {}

function api.get() return { db:value("select 1"), other:value("select 2") } end

return api
