local db = require "lib.database"
local html = require "lib.html"
local reviews = require "lib.reviews"

local escape = html.escape

local BOOKS = "select book.id, book.title, book.year, author.name as author from books as book join authors as author on author.id = book.author"

return function(api)
  --- The shop as a page for people.
  -- @tag pages
  function api.get()
    local items = {}
    for book in db:each(BOOKS .. " order by book.id") do
      local line = '<li><a href="/books/%d/page">%s</a> (%d), %s'
      items[#items + 1] = line:format(book.id, escape(book.title), book.year, escape(book.author))
    end
    return api.html(html.page("Bookshop", "<ul>\n" .. table.concat(items, "\n") .. "\n</ul>"))
  end

  --- A book as a page, with its reviews.
  -- @tag pages
  function api.books.p_id.page.get(ctx)
    local book = db:one(BOOKS .. " where book.id = $1", ctx:params().id)
    if not book then
      return api.html:status(404, html.page("No such book", '<p><a href="/">All books</a>'))
    end
    local parts = { ("<p>%s, %d"):format(escape(book.author), book.year) }
    for _, review in ipairs(reviews.of_book(book.id)) do
      parts[#parts + 1] = ("<blockquote>%s %s</blockquote>"):format(("★"):rep(review.stars), escape(review.text))
    end
    return api.html(html.page(book.title, table.concat(parts, "\n")))
  end
end
