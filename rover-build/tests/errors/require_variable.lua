local api = rover.server {}
function api.p_name.get(ctx) return require("lib." .. ctx:params().name) end
return api
