local api = rover.server {}
local g = rover.guard

local BOOK = {
  type = "object",
  schema = {
    title = { type = "string", requird = true },
    price = { type = "number", min = "0" },
  },
}

function api.a.post(ctx) return ctx:body():expect(BOOK) end
function api.b.post(ctx) return ctx:body():expect { type = "list" } end
function api.c.post(ctx) return ctx:body():expect("string") end
function api.d.post(ctx) return rover.guard(ctx:body():json(), { name = { type = "string", element = g:any() } }) end
function api.e.get(ctx) return ctx:query():expect { page = g:integer(), per_page = { type = "integer", max = 1, min = 2 } } end

return api
