-- A body that is read in one way needs no object.
local api = rover.server {}

function api.fires.post(ctx)
  local text = ctx:body():text()
  return { json = ctx:body():json(), raw = ctx:body():raw(), text = text }
end

-- A body that is looked at, and a form, which has no such read: one that is absent answers 400.
function api.stays.post(ctx)
  local body = ctx:body()
  return { form = body and ctx:body():form() }
end

-- Both in one handler.
function api.fires.beside.post(ctx)
  local text = ctx:body():text()
  local body = ctx:body()
  return { json = ctx:body():json(), raw = ctx:body():raw(), text = text, form = body and ctx:body():form() }
end

return api
