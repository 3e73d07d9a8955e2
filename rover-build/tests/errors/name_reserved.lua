local api = rover.server {}
function api.get() return __rover.check() end
return api
