local schemas = require "lib.schemas"
local store = require "lib.store"

return function(api)
  local reviews = api.books.p_id.reviews

  local function no_book() return api.error(404, "No such book") end
  local function no_review() return api.error(404, "No such review") end

  --- What readers say of a book.
  -- The average is absent where nobody has said anything.
  -- @tag reviews
  function reviews.get(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return no_book() end
    local found, sum = store.reviews(book), 0
    for _, review in ipairs(found) do sum = sum + review.stars end
    return { reviews = found, average = #found > 0 and sum / #found or nil }
  end

  --- Adds a review.
  -- @tag reviews
  function reviews.post(ctx)
    local book = store.book(ctx:params():expect(schemas.id).id)
    if not book then return no_book() end
    local input = ctx:body():expect(schemas.review)
    local review = store.add_review(book, input.stars, input.text)
    local location = ("/books/%d/reviews/%d"):format(book.id, review.id)
    return api.json:status(201, review):header("location", location)
  end

  --- A review.
  -- @tag reviews
  function reviews.p_review.get(ctx)
    local params = ctx:params():expect(schemas.review_id)
    local book = store.book(params.id)
    if not book then return no_book() end
    return store.review(book, params.review) or no_review()
  end

  --- Takes a review back.
  -- @tag reviews
  function reviews.p_review.delete(ctx)
    local params = ctx:params():expect(schemas.review_id)
    local book = store.book(params.id)
    local review = book and store.review(book, params.review)
    if not review then return no_review() end
    store.remove_review(book, review)
    return api.no_content()
  end
end
