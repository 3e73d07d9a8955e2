-- A text that is joined where it is returned is written into the response part by part.
local api = rover.server {}
local shared = {}

function api.fires.p_id.get(ctx) --[[budget]] 
  local title, api_ = __rover.param("id"), shared
  if title == "a" then  do local title = title if __rover.is_text(title) then return (__rover.text(0, 0, "<", title, ">")) end return "<" .. title .. ">" end end
  if title == "b" then
     do local api_, title = shared.api, 
title if __rover.is_text(api_) and __rover.is_text(title) then return (__rover.text(201, 1, "<p>", api_, 'x"', title)) end return api.html:status(201, "<p>" .. api_ .. 'x"' .. title) end
  end
   do local title = title if __rover.is_text(title) then return (__rover.text(0, 0, "[", title, "]")) end return "[" .. title .. "]" end
end

-- Constant, with other values, with headers, or one value alone.
function api.stays.p_id.get(ctx) --[[budget]] 
  local title = __rover.param("id")
  if title == "c" then return (api.text("a" .. "b")) end
  if title == "d" then return "a" .. title, nil end
  if title == "e" then return (api.text("a" .. title):header("x-a", "b")) end
  return (api.text(shared.text))
end

return api
