local g = rover.guard
local env = rover.env {
  PORT = g:integer(),
  HOSTS = g:array(g:string()),
}
local api = rover.server { port = env.PORT }

function api.get() return "hello" end

return api
