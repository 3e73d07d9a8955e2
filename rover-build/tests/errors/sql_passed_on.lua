local texts = require "lib.sql_texts"
local shop = { db = rover.db("sqlite:books.db", { migrations = "sql/migrations" }) }
local api = rover.server {}

local function rows(sql, ...)
  return shop.db:all(sql, ...)
end

local Books = {}
Books.__index = Books
function Books.new(db) return setmetatable({ store = db }, Books) end
function Books:first(where) return self.store:one("select id from books where " .. where) end

function api.years.get()
  return shop.db:all(texts.by_year, 1999)
end

function api.books.get(ctx)
  rows("select titel from books")
  rows("select title from books where id = $1 and year = $2", 1)
  texts.rows(shop.db, "from bookz")
  Books.new(shop.db):first("titel = 'a'")
  return rows(ctx.path and "select id from books" or "select idd from books")
end

function api.books.post()
  return shop.db:transaction(function(tx)
    tx:exec "delete from autors"
    tx:transaction(function(inner) inner:exec "delete from titels" end)
  end)
end

return api
