local carts = require "lib.carts"
local schemas = require "lib.schemas"
local session = require "lib.session"

return function(api)
  local cart = api.cart

  -- The lines of the cart and their sum.
  local function answer(id, is_new)
    local lines, total = carts.lines(id), 0
    for _, line in ipairs(lines) do total = total + line.price end
    local response = api.json { lines = lines, total = total }
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
    if id then carts.empty(id) end
    return api.no_content()
  end

  --- Puts a book into the cart.
  -- @tag cart
  function cart.p_book.put(ctx)
    local book = ctx:params():expect(schemas.in_cart).book
    local quantity = ctx:query():expect(schemas.quantity).quantity
    local id, is_new = session.ensure(ctx)
    if not carts.put(id, book, quantity) then return api.error(404, "No such book") end
    return answer(id, is_new)
  end

  --- Takes a book out of the cart.
  -- @tag cart
  function cart.p_book.delete(ctx)
    local id, is_new = session.ensure(ctx)
    carts.take_out(id, ctx:params():expect(schemas.in_cart).book)
    return answer(id, is_new)
  end

  --- Orders what is in the cart.
  -- The answer is a redirect to the order, so that a reload does not order again.
  -- @tag orders
  function cart.checkout.post(ctx)
    local form = ctx:body():expect(schemas.order)
    local order = carts.order(session.of(ctx), form.name)
    if not order then return api.error(409, "The cart is empty") end
    return api.redirect:status(303, "/orders/" .. order)
  end
end
