local api = rover.server {}
local prices = rover.cache "prices"
local first = prices:fetch("all", 60, function() return 1 end)
function api.get() return { price = first } end
return api
