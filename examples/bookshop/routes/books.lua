local books = require "lib.books"
local paging = require "lib.paging"
local schemas = require "lib.schemas"

local function csv_field(value)
  return '"' .. tostring(value):gsub('"', '""') .. '"'
end

return function(api)
  local node = api.books

  local function missing() return api.error(404, "No such book") end

  -- What a schema cannot know, and the database does, in the form of what a schema can.
  local function refused(problem)
    if problem.kind == "foreign_key" then
      local no_author = { field = "author", message = "There is no such author", type = "reference" }
      return api.json:status(422, { errors = { no_author } })
    end
    if problem.kind == "unique" then return api.error(409, "The author has a book of this title") end
    error(problem, 0)
  end

  --- Books, filtered and sorted, in pages.
  -- The `link` header has the pages before and after (RFC 8288).
  -- @tag books
  function node.get(ctx)
    local search = ctx:query():expect(schemas.search)
    local total = books.count_of(search)
    local page = paging.page(total, search, ctx.path)
    local found = books.found(search, search.per_page, page.offset)
    local response = api.json { books = found, total = total, page = page.page, pages = page.pages }
    if page.link ~= "" then response:header("link", page.link) end
    return response
  end

  --- Adds a book.
  -- Its author must be one that the shop knows: see [authors](/authors).
  -- @tag books
  function node.post(ctx)
    local fields = ctx:body():expect(schemas.book)
    local id, problem = rover.try(books.add, fields)
    if problem then return refused(problem) end
    return api.json:status(201, books.described(id, fields)):header("location", "/books/" .. id)
  end

  --- Sends the visitor to some book.
  -- @tag books
  function node.random.get()
    local id = books.any()
    if not id then return missing() end
    return api.redirect("/books/" .. id)
  end

  --- All books as a table.
  -- @tag books
  node["export.csv"].get = function()
    local lines = { "id,title,author,year,price" }
    for book in books.each() do
      lines[#lines + 1] = table.concat({
        book.id, csv_field(book.title), csv_field(book.author), book.year, book.price,
      }, ",")
    end
    return api.text(table.concat(lines, "\r\n")):header("content-type", "text/csv; charset=utf-8")
  end

  --- A book.
  -- @tag books
  function node.p_id.get(ctx)
    return books.by_id(ctx:params():expect(schemas.id).id) or missing()
  end

  -- The book after a change, or why there was none.
  local function changed(id, fields)
    local _, problem = rover.try(books.change, id, fields)
    if problem then return refused(problem) end
    return books.by_id(id) or missing()
  end

  --- Replaces what is known of a book.
  -- @tag books
  function node.p_id.put(ctx)
    local id = ctx:params():expect(schemas.id).id
    if not books.exists(id) then return missing() end
    return changed(id, ctx:body():expect(schemas.book))
  end

  --- Changes some of what is known of a book.
  -- What is absent stays as it is.
  -- @tag books
  function node.p_id.patch(ctx)
    local id = ctx:params():expect(schemas.id).id
    if not books.exists(id) then return missing() end
    return changed(id, ctx:body():expect(schemas.change))
  end

  --- Takes a book out of the shop.
  -- Its reviews go with it.
  -- @tag books
  function node.p_id.delete(ctx)
    if not books.remove(ctx:params():expect(schemas.id).id) then return missing() end
    return api.no_content()
  end

  --- Books by the same author, or of the same genre.
  -- @tag books
  function node.p_id.similar.get(ctx)
    local id = ctx:params():expect(schemas.id).id
    if not books.exists(id) then return missing() end
    local similar = books.like(id)
    return { books = similar, total = #similar }
  end

  --- A short link to a book.
  -- @tag links
  function api.b.p_id.get(ctx)
    return api.redirect("/books/" .. ctx:params():expect(schemas.id).id)
  end

  --- Where books were before.
  -- @tag links
  -- @deprecated
  function api.catalogue.p_id.get(ctx)
    return api.redirect:permanent("/books/" .. ctx:params():expect(schemas.id).id)
  end
end
