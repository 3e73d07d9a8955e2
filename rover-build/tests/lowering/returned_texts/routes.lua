-- A text that is joined where it is returned is written into the response part by part.
local api = rover.server {}
local shared = {}

function api.fires.p_id.get(ctx)
  local title, api_ = ctx:params().id, shared
  if title == "a" then return "<" .. title .. ">" end
  if title == "b" then
    return api.html:status(201, "<p>" .. shared.api
      .. 'x"' .. title)
  end
  return "[" .. title .. "]"
end

-- Constant, with other values, with headers, or one value alone.
function api.stays.p_id.get(ctx)
  local title = ctx:params().id
  if title == "c" then return api.text("a" .. "b") end
  if title == "d" then return "a" .. title, nil end
  if title == "e" then return api.text("a" .. title):header("x-a", "b") end
  return api.text(shared.text)
end

return api
