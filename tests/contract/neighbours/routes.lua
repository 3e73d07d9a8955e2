-- One handler that does not end, and clients that do not ask for it.
local api = rover.server { deadline = "300ms", keep_alive = "10s", header_timeout = "60s" }

-- Every worker has a VM of its own.
local vm = tostring {}
function api.worker.get() return vm .. "" end

function api.spin.get() while true do end end

return api
