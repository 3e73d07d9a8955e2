local api = rover.server { strict_globals = true }
declared = 0

local function helper()
  if declared then
    found = declared
  end
end

function api.get()
  declared = declared + 1
  total, last = declared, found
  function again() end
  for i = 1, 3 do local kept = i kept = 2 end
  return helper()
end

return api
