-- Everything the shop knows, in memory.
local store = {}

local books, last_book = {}, 0
local reviews, last_review = {}, 0
local carts = {}
local orders = {}
local authors, authors_by_id = require "data.authors", {}

for _, author in ipairs(authors) do authors_by_id[author.id] = author end

-- Books

function store.add(fields)
  last_book = last_book + 1
  local book = {
    id = last_book,
    title = fields.title,
    author = fields.author,
    year = fields.year,
    language = fields.language,
    genres = rover.array(fields.genres),
    price = fields.price,
  }
  books[last_book] = book
  return book
end

function store.book(id) return books[tonumber(id)] end

function store.books(matches)
  local found = {}
  for id = 1, last_book do
    local book = books[id]
    if book and (not matches or matches(book)) then found[#found + 1] = book end
  end
  return found
end

function store.count() return #store.books() end

function store.remove(book)
  books[book.id] = nil
  reviews[book.id] = nil
end

-- Authors

function store.authors() return authors end
function store.author(id) return authors_by_id[id] end

-- Reviews, by book

function store.reviews(book)
  local found = rover.array()
  for _, review in pairs(reviews[book.id] or {}) do found[#found + 1] = review end
  table.sort(found, function(a, b) return a.id < b.id end)
  return found
end

function store.review(book, id)
  local of_book = reviews[book.id]
  return of_book and of_book[id]
end

function store.add_review(book, stars, text)
  last_review = last_review + 1
  local review = { id = last_review, book = book.id, stars = stars, text = text }
  reviews[book.id] = reviews[book.id] or {}
  reviews[book.id][last_review] = review
  return review
end

function store.remove_review(book, review) reviews[book.id][review.id] = nil end

-- Carts, by session, and the orders made of them

function store.cart(session)
  carts[session] = carts[session] or {}
  return carts[session]
end

function store.empty_cart(session) carts[session] = nil end

function store.add_order(session, order)
  order.id = #orders + 1
  order.session = session
  orders[order.id] = order
  return order
end

function store.orders(session)
  local found = rover.array()
  for _, order in ipairs(orders) do
    if order.session == session then found[#found + 1] = order end
  end
  return found
end

for _, fields in ipairs(require "data.books") do store.add(fields) end

return store
