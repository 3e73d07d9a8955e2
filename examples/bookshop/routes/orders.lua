local schemas = require "lib.schemas"
local session = require "lib.session"
local store = require "lib.store"

local function shown(order)
  return { id = order.id, name = order.name, lines = order.lines, total = order.total }
end

return function(api)
  --- The visitor's orders.
  -- @tag orders
  function api.orders.get(ctx)
    local found = rover.array()
    for at, order in ipairs(store.orders(session.of(ctx))) do found[at] = shown(order) end
    return { orders = found }
  end

  --- One of the visitor's orders.
  -- @tag orders
  function api.orders.p_id.get(ctx)
    local wanted = ctx:params():expect(schemas.id).id
    for _, order in ipairs(store.orders(session.of(ctx))) do
      if order.id == wanted then return shown(order) end
    end
    return api.error(404, "No such order")
  end
end
