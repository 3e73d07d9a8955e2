local books = require "lib.books"
local db = require "lib.database"

local g = rover.guard

return function(api)
  local authors = api.authors

  local function missing() return api.error(404, "No such author") end

  --- All authors, or those of one country.
  -- @tag authors
  function authors.get(ctx)
    local country = ctx:query():expect({ country = g:string():min(1) }).country
    local found = db:all([[
      select id, name, born, died, country from authors
      where :country is null or country = :country order by rowid
    ]], { country = country })
    return { authors = found, total = #found }
  end

  --- An author, and the number of books by them.
  -- @tag authors
  function authors.p_author.get(ctx)
    return db:one([[
      select id, name, born, died, country, (select count(*) from books where author = authors.id) as books
      from authors where id = $1
    ]], ctx:params().author) or missing()
  end

  --- The books of an author.
  -- @tag authors
  function authors.p_author.books.get(ctx)
    local author = db:one("select id, name from authors where id = $1", ctx:params().author)
    if not author then return missing() end
    return { author = author.name, books = books.by_author(author.id) }
  end
end
