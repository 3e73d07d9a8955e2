local store = require "lib.store"
local validate = require "lib.validate"

return function(api)
  local reviews = api.books.p_id.reviews

  local function no_book() return api.error(404, "No such book") end
  local function no_review() return api.error(404, "No such review") end

  function reviews.get(ctx)
    local book = store.book(ctx:params().id)
    if not book then return no_book() end
    local found, sum = store.reviews(book), 0
    for _, review in ipairs(found) do sum = sum + review.stars end
    return { reviews = found, average = #found > 0 and sum / #found or nil }
  end

  function reviews.post(ctx)
    local book = store.book(ctx:params().id)
    if not book then return no_book() end
    local input = ctx:body():json()
    if type(input) ~= "table" or not validate.stars(input.stars) then
      return api.error(422, "stars is an integer from 1 to 5")
    end
    local review = store.add_review(book, input.stars, tostring(input.text or ""))
    local location = ("/books/%d/reviews/%d"):format(book.id, review.id)
    return api.json:status(201, review):header("location", location)
  end

  function reviews.p_review.get(ctx)
    local params = ctx:params()
    local book = store.book(params.id)
    if not book then return no_book() end
    return store.review(book, params.review) or no_review()
  end

  function reviews.p_review.delete(ctx)
    local params = ctx:params()
    local book = store.book(params.id)
    local review = book and store.review(book, params.review)
    if not review then return no_review() end
    store.remove_review(book, review)
    return api.no_content()
  end
end
