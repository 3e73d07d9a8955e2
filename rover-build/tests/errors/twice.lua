local api = rover.server {}
function api.users.get() return "first" end

function api.users.get() return "second" end
return api
