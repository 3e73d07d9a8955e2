local store = require "lib.store"

local g = rover.guard

local function books_of(author)
  return store.books(function(book) return book.author == author.id end)
end

return function(api)
  local authors = api.authors

  local function missing() return api.error(404, "No such author") end

  --- All authors, or those of one country.
  -- @tag authors
  function authors.get(ctx)
    local country = ctx:query():expect({ country = g:string():min(1) }).country
    local found = rover.array()
    for _, author in ipairs(store.authors()) do
      if not country or author.country == country then found[#found + 1] = author end
    end
    return { authors = found, total = #found }
  end

  --- An author, and the number of books by them.
  -- @tag authors
  function authors.p_author.get(ctx)
    local author = store.author(ctx:params().author)
    if not author then return missing() end
    return {
      id = author.id,
      name = author.name,
      born = author.born,
      died = author.died,
      country = author.country,
      books = #books_of(author),
    }
  end

  --- The books of an author.
  -- @tag authors
  function authors.p_author.books.get(ctx)
    local author = store.author(ctx:params().author)
    if not author then return missing() end
    return { author = author.name, books = rover.array(books_of(author)) }
  end
end
