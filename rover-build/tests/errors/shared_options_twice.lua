local api = rover.server {}
local visits = rover.shared("visits", { max_bytes = "1MiB" })
local same = rover.shared("visits", { max_bytes = "2MiB" })
function api.get() return { visits = visits:size(), same = same:size() } end
return api
