local html = require "lib.html"
local store = require "lib.store"

local escape = html.escape

return function(api)
  --- The shop as a page for people.
  -- @tag pages
  function api.get()
    local items = {}
    for at, book in ipairs(store.books()) do
      local line = '<li><a href="/books/%d/page">%s</a> (%d), %s'
      items[at] = line:format(book.id, escape(book.title), book.year, escape(store.author(book.author).name))
    end
    return api.html(html.page("Bookshop", "<ul>\n" .. table.concat(items, "\n") .. "\n</ul>"))
  end

  --- A book as a page, with its reviews.
  -- @tag pages
  function api.books.p_id.page.get(ctx)
    local book = store.book(ctx:params().id)
    if not book then
      return api.html:status(404, html.page("No such book", '<p><a href="/">All books</a>'))
    end
    local parts = { ("<p>%s, %d"):format(escape(store.author(book.author).name), book.year) }
    for _, review in ipairs(store.reviews(book)) do
      parts[#parts + 1] = ("<blockquote>%s %s</blockquote>"):format(("★"):rep(review.stars), escape(review.text))
    end
    return api.html(html.page(book.title, table.concat(parts, "\n")))
  end
end
