local api = rover.server {}
local visits = rover.shared("visits", { max_byte = 100 })
function api.get() return { visits = visits:size() } end
return api
