-- What the shop takes, and what it answers with where something else comes.
local g = rover.guard

local schemas = {}

local TITLE = g:string():len(1, 200)
local AUTHOR = g:string():len(1, 100)
local YEAR = g:integer():min(-3000):max(2100)
local LANGUAGE = g:string():pattern("^%l%l$")
local GENRES = g:array(g:string():required():len(1, 50)):max(10)
local PRICE = g:integer():min(0):max(1000000) -- in cents

schemas.book = g:object {
  title = TITLE:required(),
  author = AUTHOR:required(),
  year = YEAR:required(),
  language = LANGUAGE:required(),
  genres = GENRES:required(),
  price = PRICE:required(),
}

-- Fields that are absent stay as they are.
schemas.change = g:object {
  title = TITLE, author = AUTHOR, year = YEAR, language = LANGUAGE, genres = GENRES, price = PRICE,
}

schemas.search = g:object {
  author = AUTHOR,
  language = LANGUAGE,
  genre = g:string(),
  q = g:string(),
  min_year = YEAR,
  max_year = YEAR,
  sort = g:string():enum {
    "id", "title", "author", "year", "price", "-id", "-title", "-author", "-year", "-price",
  }:default("id"),
  page = g:integer():min(1):default(1),
  per_page = g:integer():min(1):max(100):default(20),
}

schemas.review = g:object {
  stars = g:integer():required():min(1):max(5),
  text = g:string():max(2000):default(""),
}

schemas.quantity = g:object { quantity = g:integer():min(1):max(99):default(1) }
schemas.order = g:object { name = g:string():required("Whom is it for?"):len(1, 100) }

local ID = g:integer():required():min(1)
schemas.id = g:object { id = ID }
schemas.review_id = g:object { id = ID, review = ID }
schemas.in_cart = g:object { book = ID }

return schemas
