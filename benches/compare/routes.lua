-- What every server of the comparison answers.
local api = rover.server { port = 4390, title = "comparison" }

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

function api.items.post(ctx)
  local body = ctx:body()
  local item = body and body:json()
  if type(item) ~= "table" or type(item.name) ~= "string" or item.name == "" then
    return api.error(400, "name must be a string")
  end
  if type(item.price) ~= "number" or item.price < 0 then
    return api.error(400, "price must be a number from 0")
  end
  if type(item.quantity) ~= "number" or item.quantity % 1 ~= 0 or item.quantity < 1 then
    return api.error(400, "quantity must be an integer from 1")
  end
  return api.json:status(201, { name = item.name, total = item.price * item.quantity })
end

return api
