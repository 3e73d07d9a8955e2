-- A body that is read in one way needs no object.
local api = rover.server {}

function api.fires.post(ctx) --[[budget]] 
  local text = ctx:body_or_400():text()
  return { json = ctx:body_or_400():json(), raw = ctx:body_or_400():raw(), text = text }
end

-- A body that is looked at, and a form, which has no such read: one that is absent answers 400.
function api.stays.post(ctx) --[[budget]] 
  local body = ctx:body()
  return { form = body and ctx:body_or_400():form() }
end

-- Both in one handler.
function api.fires.beside.post(ctx) --[[budget]] 
  local text = ctx:body_or_400():text()
  local body = ctx:body()
  return { json = ctx:body_or_400():json(), raw = ctx:body_or_400():raw(), text = text, form = body and ctx:body_or_400():form() }
end

return api
