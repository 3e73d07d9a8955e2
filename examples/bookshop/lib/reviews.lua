-- What readers say of books.
local db = require "lib.database"

local reviews = {}

function reviews.of_book(book)
  return db:all("select id, book, stars, text from reviews where book = $1 order by id", book)
end

function reviews.by_id(book, id)
  return db:one("select id, book, stars, text from reviews where book = $1 and id = $2", book, id)
end

-- The number of the new review; `nil` where the book has gone.
function reviews.add(book, stars, text)
  return db:value([[
    insert into reviews (book, stars, text) select id, $2, $3 from books where id = $1 returning id
  ]], book, stars, text)
end

-- Whether there was one.
function reviews.remove(book, id)
  return db:exec("delete from reviews where book = $1 and id = $2", book, id).rows > 0
end

return reviews
