-- What every server of the comparison answers.
local api = rover.server { port = 4390, title = "comparison" }
local g = rover.guard

function api.echo.get()
  return { message = "Hello, World!" }
end

function api.users.p_user.posts.p_post.get(ctx)
  local params = ctx:params()
  return {
    user = params.user,
    post = params.post,
    limit = ctx:query().limit,
    trace = ctx:headers()["x-trace"],
  }
end

function api.rows.get(ctx)
  local count = tonumber(ctx:query().count) or 10
  local rows = {}
  for i = 1, count do
    rows[i] = {
      id = i,
      name = "User " .. i,
      email = "user" .. i .. "@example.com",
      active = i % 2 == 0,
      score = i * 1.5,
    }
  end
  return { count = count, rows = rows }
end

local ITEM = g:object {
  name = g:string():required():min(1),
  price = g:number():required():min(0),
  quantity = g:integer():required():min(1),
}

function api.items.post(ctx)
  local item = ctx:body():expect(ITEM)
  return api.json:status(201, { name = item.name, total = item.price * item.quantity })
end

local TEXT = g:string():required():min(1)
local ORDER = g:object {
  customer = g:object {
    name = TEXT,
    email = TEXT,
    address = g:object { street = TEXT, city = TEXT, zip = TEXT, country = g:string():required():len(2) }:required(),
  }:required(),
  items = g:array(g:object {
    sku = TEXT,
    name = TEXT,
    quantity = g:integer():required():min(1),
    price = g:number():required():min(0),
    options = g:array(g:string():required()):default {},
  }:required()):required():min(1),
  coupon = g:string(),
  note = g:string():max(500),
}

function api.orders.post(ctx)
  local order = ctx:body():expect(ORDER)
  local total = 0
  for _, item in ipairs(order.items) do total = total + item.price * item.quantity end
  return api.json:status(201, {
    customer = order.customer.name,
    city = order.customer.address.city,
    coupon = order.coupon,
    lines = #order.items,
    total = total,
  })
end

return api
