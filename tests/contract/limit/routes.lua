-- Contract section 2: body_limit.
local api = rover.server { body_limit = "16B" }

function api.raw.post(ctx) return { length = #ctx:body() } end
function api.unused.post() return "did not look" end

return api
