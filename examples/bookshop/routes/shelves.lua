local store = require "lib.store"

-- A shelf is a list of genres, each narrowing the one before: /shelves/novel/historical.
return function(api)
  --- The genres, and how many books there are of each.
  -- @tag shelves
  function api.shelves.get()
    local counts = {}
    for _, book in ipairs(store.books()) do
      for _, genre in ipairs(book.genres) do counts[genre] = (counts[genre] or 0) + 1 end
    end
    return { shelves = counts }
  end

  --- The books of several genres at once.
  -- Each one narrows the shelf: `/shelves/novel/historical`.
  -- @tag shelves
  function api.shelves.rest_path.get(ctx)
    local wanted = {}
    for genre in ctx:params().path:gmatch("[^/]+") do wanted[#wanted + 1] = genre end
    local found = store.books(function(book)
      local genres = {}
      for _, genre in ipairs(book.genres) do genres[genre] = true end
      for _, genre in ipairs(wanted) do
        if not genres[genre] then return false end
      end
      return true
    end)
    return { shelf = wanted, books = rover.array(found) }
  end
end
