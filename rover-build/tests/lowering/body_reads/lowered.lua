-- A body that is read in one way needs no object.
local api = rover.server {}

function api.fires.post(ctx) --[[budget]] 
  local text = __rover.body_text()
  return (__rover.reply(1, __rover.body_json(), __rover.body_raw(), text))
end

-- A body that is looked at, and a form, which has no such read: one that is absent answers 400.
function api.stays.post(ctx) --[[budget]] 
  local body = ctx:body()
  return (__rover.reply(2, body and ctx:body_or_400():form()))
end

-- Both in one handler.
function api.fires.beside.post(ctx) --[[budget]] 
  local text = __rover.body_text()
  local body = ctx:body()
  return (__rover.reply(3, __rover.body_json(), __rover.body_raw(), text, body and ctx:body_or_400():form()))
end

return api
