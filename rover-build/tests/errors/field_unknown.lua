local api = rover.server {}
local g = rover.guard

local BOOK = {
  title = g:string():required(),
  author = g:object { name = g:string():required() },
  tags = g:array(g:object { label = g:string() }),
  extra = g:any(),
}

function api.books.post(ctx)
  local b = ctx:body():expect(BOOK)
  local author = b.author
  local first = b.tags[1]
  for _, tag in ipairs(b.tags) do
    print(tag.lable)
  end
  return { title = b.titel, name = author.nmae, label = first.labl }
end

function api.search.get(ctx)
  return ctx:query():expect({ page = g:integer() }).pgae
end

function api.checked.post(ctx)
  local b = rover.guard({ title = "x" }, BOOK)
  return { b.title, b.price }
end

-- What the schema does not tell of, and what the program writes.
function api.fine.post(ctx)
  local b = ctx:body():expect(BOOK)
  b.created = 1
  return { b.created, b.extra.anything, b.title.upper }
end

return api
