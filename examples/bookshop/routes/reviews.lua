local books = require "lib.books"
local reviews = require "lib.reviews"
local schemas = require "lib.schemas"

return function(api)
  local node = api.books.p_id.reviews

  local function no_book() return api.error(404, "No such book") end
  local function no_review() return api.error(404, "No such review") end

  --- What readers say of a book.
  -- The average is absent where nobody has said anything.
  -- @tag reviews
  function node.get(ctx)
    local book = ctx:params():expect(schemas.id).id
    if not books.exists(book) then return no_book() end
    local found, sum = reviews.of_book(book), 0
    for _, review in ipairs(found) do sum = sum + review.stars end
    return { reviews = found, average = #found > 0 and sum / #found or nil }
  end

  --- Adds a review.
  -- @tag reviews
  function node.post(ctx)
    local book = ctx:params():expect(schemas.id).id
    if not books.exists(book) then return no_book() end
    local input = ctx:body():expect(schemas.review)
    local id = reviews.add(book, input.stars, input.text)
    if not id then return no_book() end
    local location = ("/books/%d/reviews/%d"):format(book, id)
    return api.json:status(201, { id = id, book = book, stars = input.stars, text = input.text })
      :header("location", location)
  end

  --- A review.
  -- @tag reviews
  function node.p_review.get(ctx)
    local params = ctx:params():expect(schemas.review_id)
    if not books.exists(params.id) then return no_book() end
    return reviews.by_id(params.id, params.review) or no_review()
  end

  --- Takes a review back.
  -- @tag reviews
  function node.p_review.delete(ctx)
    local params = ctx:params():expect(schemas.review_id)
    if not reviews.remove(params.id, params.review) then return no_review() end
    return api.no_content()
  end
end
