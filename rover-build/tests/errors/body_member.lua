local api = rover.server {}

function api.a.post(ctx)
  return { title = ctx:body().title, x = ctx:body():jsn() }
end

function api.b.post(ctx)
  local body = ctx:body()
  return { body.json.x, body:text(), #body, body.tex }
end

return api
