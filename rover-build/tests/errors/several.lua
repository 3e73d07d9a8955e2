local api = rover.server {}
local g = rover.guard

function api.schema.get(ctx)
  return ctx:query():expect { name = g:string():requird() }
end

function api.page.get(ctx)
  return api.html { title = "t" } [[<p>{{ titel }}</p>]]
end

function api.user.get(ctx)
  return api.jsn { id = 1 }
end

api.port.get = settings.handler

return api
