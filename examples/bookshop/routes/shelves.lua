local books = require "lib.books"

-- A shelf is a list of genres, each narrowing the one before: /shelves/novel/historical.
return function(api)
  --- The genres, and how many books there are of each.
  -- @tag shelves
  function api.shelves.get()
    local counts = {}
    for _, genre in ipairs(books.genres()) do counts[genre.name] = genre.books end
    return { shelves = counts }
  end

  --- The books of several genres at once.
  -- Each one narrows the shelf: `/shelves/novel/historical`.
  -- @tag shelves
  function api.shelves.rest_path.get(ctx)
    local wanted = rover.array()
    for genre in ctx:params().path:gmatch("[^/]+") do wanted[#wanted + 1] = genre end
    return { shelf = rover.array(wanted), books = books.of_genres(wanted) }
  end
end
