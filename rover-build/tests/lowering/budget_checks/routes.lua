-- Every function and every loop counts the file's budget down, in both forms.
local api = rover.server {}

local function fires(n)
  while n > 0 do n = n - 1 end
  repeat n = n + 1 until n > 3
  for i = 1, n do n = n - i end
  for k in pairs { n } do n = n + k end
  return function(...) return ... end
end

function api.fires.get()
  return fires(3)(1)
end

-- Branches and blocks.
local stays = true
do stays = not stays end
if stays then stays = 1 elseif not stays then stays = 2 else stays = 3 end

return api
