local api = rover.server {}
api["a/b"].get = function() end
api[""].get = function() end
api["{id}"].get = function() end
api["\xff"].get = function() end
return api
