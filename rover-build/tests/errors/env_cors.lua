-- What the start gives is looked at there; what is wrong in any case is told.
local env = rover.env { APP = rover.guard:string():required() }
local api = rover.server {
  cors = { origins = rover.env.PAGES, methods = { "FETCH" } },
}
api.app.cors = { origins = { env.APP }, max_age = -1 }
api.other.cors = { origins = { rover.env.OTHER } }

function api.get() return 1 end
return api
