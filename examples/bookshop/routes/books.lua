local paging = require "lib.paging"
local sorting = require "lib.sorting"
local store = require "lib.store"
local validate = require "lib.validate"

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
  local min_year, max_year = tonumber(query.min_year), tonumber(query.max_year)
  return function(book)
    return (not query.author or book.author == query.author)
      and (not query.language or book.language == query.language)
      and (not query.genre or has_genre(book, query.genre))
      and (not query.q or contains(book.title, query.q))
      and (not min_year or book.year >= min_year)
      and (not max_year or book.year <= max_year)
  end
end

local function csv_field(value)
  return '"' .. tostring(value):gsub('"', '""') .. '"'
end

return function(api)
  local books = api.books

  local function missing() return api.error(404, "No such book") end

  local function invalid(errors)
    return api.json:status(422, { error = "The book is not valid", errors = errors })
  end

  function books.get(ctx)
    local query = ctx:query()
    local found = sorting.by(store.books(filter(query)), query.sort or "id")
    if not found then return api.error(400, "sort is id, title, author, year or price, or -title, ...") end
    local page = paging.page(found, query, ctx.path)
    local response = api.json { books = page.items, total = #found, page = page.page, pages = page.pages }
    if page.link ~= "" then response:header("link", page.link) end
    return response
  end

  function books.post(ctx)
    local fields, errors = validate.book(ctx:body():json())
    if not fields then return invalid(errors) end
    local book = store.add(fields)
    return api.json:status(201, book):header("location", "/books/" .. book.id)
  end

  function books.random.get()
    local all = store.books()
    return api.redirect("/books/" .. all[math.random(#all)].id)
  end

  books["export.csv"].get = function()
    local lines = { "id,title,author,year,price" }
    for _, book in ipairs(store.books()) do
      lines[#lines + 1] = table.concat({
        book.id, csv_field(book.title), csv_field(book.author), book.year, book.price,
      }, ",")
    end
    return api.text(table.concat(lines, "\r\n")):header("content-type", "text/csv; charset=utf-8")
  end

  function books.p_id.get(ctx)
    return store.book(ctx:params().id) or missing()
  end

  function books.p_id.put(ctx)
    local book = store.book(ctx:params().id)
    if not book then return missing() end
    local fields, errors = validate.book(ctx:body():json())
    if not fields then return invalid(errors) end
    for key, value in pairs(fields) do book[key] = value end
    return book
  end

  function books.p_id.patch(ctx)
    local book = store.book(ctx:params().id)
    if not book then return missing() end
    local fields, errors = validate.book(ctx:body():json(), true)
    if not fields then return invalid(errors) end
    for key, value in pairs(fields) do book[key] = value end
    return book
  end

  function books.p_id.delete(ctx)
    local book = store.book(ctx:params().id)
    if not book then return missing() end
    store.remove(book)
    return api.no_content()
  end

  function books.p_id.similar.get(ctx)
    local book = store.book(ctx:params().id)
    if not book then return missing() end
    local similar = store.books(function(other)
      return other ~= book and (other.author == book.author or has_genre(other, book.genres[1]))
    end)
    return { books = rover.array(similar), total = #similar }
  end

  -- Short links, and where books were before they had a path of their own.
  function api.b.p_id.get(ctx) return api.redirect("/books/" .. ctx:params().id) end
  function api.catalogue.p_id.get(ctx) return api.redirect:permanent("/books/" .. ctx:params().id) end
end
