-- `curl -d '{...}'` gives a body of JSON the content type of a form.
local api = rover.server {}
local g = rover.guard
local BOOK = g:object { title = g:string():required() }

function api.checked.post(ctx) return ctx:body():expect(BOOK) end
function api.held.post(ctx)
  local book = ctx:body():expect(BOOK)
  return { title = book.title }
end
function api.made.post(ctx) return ctx:body():expect(g:object { title = g:string():required() }) end
function api.form.post(ctx) return ctx:body():form() end
function api.all.post(ctx) return ctx:body():form_all("title") end
function api.parsed.post(ctx) return ctx:body():json() end

return api
