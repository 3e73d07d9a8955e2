-- Every function and every loop counts the file's budget down, in both forms.
local api = rover.server {}

local function fires(n) --[[budget]] 
  while n > 0 do --[[budget]]  n = n - 1 end
  repeat --[[budget]]  n = n + 1 until n > 3
  for i = 1, n do --[[budget]]  n = n - i end
  for k in pairs { n } do --[[budget]]  n = n + k end
  return function(...) --[[budget]]  return ... end
end

function api.fires.get() --[[budget]] 
  return fires(3)(1)
end

-- Branches and blocks.
local stays = true
do stays = not stays end
if stays then stays = 1 elseif not stays then stays = 2 else stays = 3 end

return api
