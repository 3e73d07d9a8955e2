local api = rover.server {}
local visits = rover.shared "visits"
visits:set("all", 0)
function api.get() return { visits = visits:incr "all" } end
return api
