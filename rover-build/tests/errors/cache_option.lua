local api = rover.server {}
local prices = rover.cache("prices", { stale = "soon" })
function api.get() return { price = prices:fetch("all", 60, function() return 1 end) } end
return api
