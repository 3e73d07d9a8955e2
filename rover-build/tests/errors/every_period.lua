local api = rover.server {}
rover.every(0, function() rover.log.info("tick") end)
return api
