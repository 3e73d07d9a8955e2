local api = rover.server { state = rover.env.STATE }
local failures, names = rover.shared "failures", rover.shared "names"

local function count(e)
  failures:incr(e)
  return e
end

function api.get()
  return select(2, xpcall(function() return names:get "a" end, count))
end

-- With a server the function of an update may ask for more.
function api.post()
  return names:update("a", function() return names:get "b" end)
end
return api
