local schemas = require "lib.schemas"
local session = require "lib.session"
local store = require "lib.store"

-- The lines of a cart with their prices, and the sum.
local function priced(cart)
  local lines, total = rover.array(), 0
  for id, quantity in pairs(cart) do
    local book = store.book(id)
    if book then
      lines[#lines + 1] = { book = id, title = book.title, quantity = quantity, price = book.price * quantity }
      total = total + book.price * quantity
    end
  end
  table.sort(lines, function(a, b) return a.book < b.book end)
  return { lines = lines, total = total }
end

return function(api)
  local cart = api.cart

  local function answer(id, is_new)
    local response = api.json(priced(store.cart(id)))
    return is_new and session.remember(response, id) or response
  end

  --- The visitor's cart.
  -- A visitor is known by the cookie `session`, which the first answer sets.
  -- @tag cart
  function cart.get(ctx) return answer(session.ensure(ctx)) end

  --- Empties the cart.
  -- @tag cart
  function cart.delete(ctx)
    local id = session.of(ctx)
    if id then store.empty_cart(id) end
    return api.no_content()
  end

  --- Puts a book into the cart.
  -- @tag cart
  function cart.p_book.put(ctx)
    local book = store.book(ctx:params():expect(schemas.in_cart).book)
    if not book then return api.error(404, "No such book") end
    local quantity = ctx:query():expect(schemas.quantity).quantity
    local id, is_new = session.ensure(ctx)
    store.cart(id)[book.id] = quantity
    return answer(id, is_new)
  end

  --- Takes a book out of the cart.
  -- @tag cart
  function cart.p_book.delete(ctx)
    local id, is_new = session.ensure(ctx)
    store.cart(id)[ctx:params():expect(schemas.in_cart).book] = nil
    return answer(id, is_new)
  end

  --- Orders what is in the cart.
  -- The answer is a redirect to the order, so that a reload does not order again.
  -- @tag orders
  function cart.checkout.post(ctx)
    local form = ctx:body():expect(schemas.order)
    local id = session.of(ctx)
    local content = priced(id and store.cart(id) or {})
    if #content.lines == 0 then return api.error(409, "The cart is empty") end
    local order = store.add_order(id, { name = form.name, lines = content.lines, total = content.total })
    store.empty_cart(id)
    return api.redirect:status(303, "/orders/" .. order.id)
  end
end
