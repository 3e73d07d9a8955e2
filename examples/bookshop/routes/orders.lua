local carts = require "lib.carts"
local schemas = require "lib.schemas"
local session = require "lib.session"

return function(api)
  --- The visitor's orders.
  -- @tag orders
  function api.orders.get(ctx)
    return { orders = carts.orders(session.of(ctx)) }
  end

  --- One of the visitor's orders.
  -- @tag orders
  function api.orders.p_id.get(ctx)
    local id = ctx:params():expect(schemas.id).id
    return carts.order_by_id(session.of(ctx), id) or api.error(404, "No such order")
  end
end
