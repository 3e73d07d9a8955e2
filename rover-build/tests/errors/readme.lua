local api = rover.server { port = 4242 }
local g = rover.guard

local BOOK = g:object { title = g:string():required(), price = g:number():min(0) }

function api.books.p_id.get(ctx)
  return { id = ctx:params().book_id }
end

function api.books.post(ctx)
  local book = ctx:body():expect(BOOK)
  return { saved = book.titel }
end

return api
