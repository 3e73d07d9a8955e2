local api = rover.server {}
rover.spawn(function() rover.sleep(10) end)
return api
