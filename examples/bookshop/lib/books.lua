-- The books of the shop.
local db = require "lib.database"

local books = {}

local COLUMNS = "id, title, author, year, language, genres, price"

local WHERE = [[
  where (:author is null or author = :author)
    and (:language is null or language = :language)
    and (:genre is null or :genre in (select value from json_each(genres)))
    and (:q is null or instr(lower(title), lower(:q)) > 0)
    and (:min_year is null or year >= :min_year)
    and (:max_year is null or year <= :max_year)
]]

-- By `title` or, downwards, `-title`.
local ORDER = [[
  order by
    case :sort when 'title' then title when 'author' then author when 'year' then year when 'price' then price end,
    case :sort when '-id' then id when '-title' then title when '-author' then author when '-year' then year
      when '-price' then price end desc,
    id
]]

-- What is known of a book, with its number.
function books.described(id, fields)
  return {
    id = id,
    title = fields.title,
    author = fields.author,
    year = fields.year,
    language = fields.language,
    genres = rover.array(fields.genres),
    price = fields.price,
  }
end

-- The type of a count in the OpenAPI document.
local COUNT = rover.guard:integer():required()

function books.count() return rover.guard(db:value "select count(*) from books", COUNT) end

-- How many books a search finds.
function books.count_of(search)
  local count = db:value("select count(*) from books" .. WHERE, {
    author = search.author, language = search.language, genre = search.genre, q = search.q,
    min_year = search.min_year, max_year = search.max_year,
  })
  return rover.guard(count, COUNT)
end

-- Some of the books that a search finds.
function books.found(search, limit, offset)
  return db:all("select " .. COLUMNS .. " from books" .. WHERE .. ORDER .. "limit :limit offset :offset", {
    author = search.author, language = search.language, genre = search.genre, q = search.q,
    min_year = search.min_year, max_year = search.max_year, sort = search.sort, limit = limit, offset = offset,
  })
end

-- Every book, one after the other.
function books.each() return db:each("select " .. COLUMNS .. " from books order by id") end

function books.by_id(id) return db:one("select " .. COLUMNS .. " from books where id = $1", id) end

function books.exists(id) return db:value("select 1 from books where id = $1", id) ~= nil end

function books.any() return db:value "select id from books order by random() limit 1" end

function books.by_author(author)
  return db:all("select " .. COLUMNS .. " from books where author = $1 order by id", author)
end

-- The books that have all of some genres.
function books.of_genres(genres)
  return db:all("select " .. COLUMNS .. [[ from books
    where not exists (
      select 1 from json_each($1) as wanted
      where wanted.value not in (select value from json_each(books.genres))
    )
    order by id
  ]], genres)
end

-- The genres, and how many books there are of each.
function books.genres()
  return db:all [[
    select genre.value as name, count(*) as books from books, json_each(books.genres) as genre
    group by genre.value order by genre.value
  ]]
end

-- Books by the same author, or of its first genre.
function books.like(id)
  return db:all([[
    select other.id, other.title, other.author, other.year, other.language, other.genres, other.price
    from books as book join books as other on other.id <> book.id
    where book.id = $1 and (
      other.author = book.author
      or json_extract(book.genres, '$[0]') in (select value from json_each(other.genres))
    )
    order by other.id
  ]], id)
end

-- The number of a new book. A second one of the same title by the same author is an error of the
-- kind "unique", and one by nobody that the shop knows of the kind "foreign_key".
function books.add(fields)
  return db:value([[
    insert into books (title, author, year, language, genres, price)
    values (:title, :author, :year, :language, :genres, :price) returning id
  ]], {
    title = fields.title, author = fields.author, year = fields.year, language = fields.language,
    genres = rover.array(fields.genres), price = fields.price,
  })
end

-- Changes what is given of a book; the rest stays. The errors are those of `add`.
function books.change(id, fields)
  db:exec([[
    update books set
      title = coalesce(:title, title), author = coalesce(:author, author), year = coalesce(:year, year),
      language = coalesce(:language, language), genres = coalesce(:genres, genres), price = coalesce(:price, price)
    where id = :id
  ]], {
    id = id, title = fields.title, author = fields.author, year = fields.year, language = fields.language,
    genres = fields.genres and rover.array(fields.genres), price = fields.price,
  })
end

-- Whether there was one. Its reviews go with it.
function books.remove(id) return db:exec("delete from books where id = $1", id).rows > 0 end

return books
