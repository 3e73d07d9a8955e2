local paging = require "lib.paging"
local schemas = require "lib.schemas"
local sorting = require "lib.sorting"
local store = require "lib.store"

local function contains(text, part)
  return text:lower():find(part:lower(), 1, true) ~= nil
end

local function has_genre(book, genre)
  for _, name in ipairs(book.genres) do
    if name == genre then return true end
  end
  return false
end

local function filter(query)
  return function(book)
    return (not query.author or book.author == query.author)
      and (not query.language or book.language == query.language)
      and (not query.genre or has_genre(book, query.genre))
      and (not query.q or contains(book.title, query.q))
      and (not query.min_year or book.year >= query.min_year)
      and (not query.max_year or book.year <= query.max_year)
  end
end

local function csv_field(value)
  return '"' .. tostring(value):gsub('"', '""') .. '"'
end

return function(api)
  local books = api.books

  local function missing() return api.error(404, "No such book") end

  -- What a schema cannot know, in the form of what it can.
  local function no_author()
    local problem = { field = "author", message = "There is no such author", type = "reference" }
    return api.json:status(422, { errors = { problem } })
  end

  --- Books, filtered and sorted, in pages.
  -- The `link` header has the pages before and after (RFC 8288).
  -- @tag books
  function books.get(ctx)
    local query = ctx:query():expect(schemas.search)
    local found = sorting.by(store.books(filter(query)), query.sort)
    local page = paging.page(found, query, ctx.path)
    local response = api.json { books = page.items, total = #found, page = page.page, pages = page.pages }
    if page.link ~= "" then response:header("link", page.link) end
    return response
  end

  --- Adds a book.
  -- Its author must be one that the shop knows: see [authors](/authors).
  -- @tag books
  function books.post(ctx)
    local fields = ctx:body():expect(schemas.book)
    if not store.author(fields.author) then return no_author() end
    local book = store.add(fields)
    return api.json:status(201, book):header("location", "/books/" .. book.id)
  end

  --- Sends the visitor to some book.
  -- @tag books
  function books.random.get()
    local all = store.books()
    return api.redirect("/books/" .. all[math.random(#all)].id)
  end

  --- All books as a table.
  -- @tag books
  books["export.csv"].get = function()
    local lines = { "id,title,author,year,price" }
    for _, book in ipairs(store.books()) do
      lines[#lines + 1] = table.concat({
        book.id, csv_field(book.title), csv_field(book.author), book.year, book.price,
      }, ",")
    end
    return api.text(table.concat(lines, "\r\n")):header("content-type", "text/csv; charset=utf-8")
  end

  --- A book.
  -- @tag books
  function books.p_id.get(ctx)
    return store.book(ctx:params():expect(schemas.id).id) or missing()
  end

  --- Replaces what is known of a book.
  -- @tag books
  function books.p_id.put(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return missing() end
    local fields = ctx:body():expect(schemas.book)
    if not store.author(fields.author) then return no_author() end
    for key, value in pairs(fields) do book[key] = value end
    return book
  end

  --- Changes some of what is known of a book.
  -- What is absent stays as it is.
  -- @tag books
  function books.p_id.patch(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return missing() end
    local fields = ctx:body():expect(schemas.change)
    if fields.author and not store.author(fields.author) then return no_author() end
    for key, value in pairs(fields) do book[key] = value end
    return book
  end

  --- Takes a book out of the shop.
  -- Its reviews go with it.
  -- @tag books
  function books.p_id.delete(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return missing() end
    store.remove(book)
    return api.no_content()
  end

  --- Books by the same author, or of the same genre.
  -- @tag books
  function books.p_id.similar.get(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return missing() end
    local similar = store.books(function(other)
      return other ~= book and (other.author == book.author or has_genre(other, book.genres[1]))
    end)
    return { books = rover.array(similar), total = #similar }
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
