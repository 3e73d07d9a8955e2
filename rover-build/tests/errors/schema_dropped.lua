local api = rover.server {}
local g = rover.guard

local name = g:string()
name:required()
name:min(1):max(10)
g:integer():min(1)
local code = g.string().required()

-- Each of these is kept.
local age = g:integer()
age = age:min(1)
local other = name:required()

function api.post(ctx)
  return ctx:body():expect { name = name, age = age, other = other, code = code, n = name.nullable(name) }
end

return api
