-- Carts by the visitor's session, and the orders that are made of them.
local db = require "lib.database"

local carts = {}

local PRICED = [[
  from cart_lines as line join books as book on book.id = line.book
  where line.session = $1
]]

-- The lines of a cart with their prices.
function carts.lines(session)
  return db:all([[
    select line.book, book.title, line.quantity, line.quantity * book.price as price
  ]] .. PRICED .. " order by line.book", session)
end

-- Puts a book into a cart, where there is such a book.
function carts.put(session, book, quantity)
  local done = db:exec([[
    insert into cart_lines (session, book, quantity) select $1, id, $3 from books where id = $2
    on conflict (session, book) do update set quantity = excluded.quantity
  ]], session, book, quantity)
  return done.rows > 0
end

function carts.take_out(session, book)
  db:exec("delete from cart_lines where session = $1 and book = $2", session, book)
end

function carts.empty(session) db:exec("delete from cart_lines where session = $1", session) end

-- The number of the order of what is in a cart, which is empty then; `nil` where it was before.
-- Two orders at the same moment are one after the other, and the second one finds nothing.
function carts.order(session, name)
  return db:transaction(function(tx)
    local total = tx:value("select sum(line.quantity * book.price) " .. PRICED, session)
    if not total then return nil end
    local id = tx:value([[
      insert into orders (session, name, total) values ($1, $2, $3) returning id
    ]], session, name, total)
    tx:exec([[
      insert into order_lines (order_id, book, title, quantity, price)
      select $2, line.book, book.title, line.quantity, line.quantity * book.price
    ]] .. PRICED, session, id)
    tx:exec("delete from cart_lines where session = $1", session)
    return id
  end)
end

local function lines_of(order)
  return db:all([[
    select book, title, quantity, price from order_lines where order_id = $1 order by book
  ]], order)
end

local function with_lines(order)
  return { id = order.id, name = order.name, lines = lines_of(order.id), total = order.total }
end

function carts.orders(session)
  local orders = rover.array()
  for order in db:each("select id, name, total from orders where session = $1 order by id", session) do
    orders[#orders + 1] = with_lines(order)
  end
  return orders
end

function carts.order_by_id(session, id)
  local order = db:one("select id, name, total from orders where session = $1 and id = $2", session, id)
  return order and with_lines(order)
end

return carts
