local api = rover.server {}
local books = {
  { title = "A" pages = 12 },
  { title = "B", pages = 7 }
}

function api.books.get(ctx) return books end

return api
