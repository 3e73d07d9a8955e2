local api = rover.server {}

function api.users.p_id.get(ctx)
  local q = ctx.query
  for name in pairs(ctx.cookies) do print(name) end
  return { id = ctx.params.id, page = q.page, agent = ctx.headers["user-agent"] }
end

function api.users.post(req)
  local body = req.body:json()
  return { title = req.body.title, all = req.query_all.x, name = body.name }
end

return api
