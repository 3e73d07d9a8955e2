-- Contract section 2: body_limit; a route may have its own.
local api = rover.server {
  body_limit = "16B",
  body_limits = { ["POST /upload"] = 30, ["POST /any"] = 0 },
}

function api.raw.post(ctx) return { length = #ctx:body() } end
function api.unused.post() return "did not look" end
function api.upload.post(ctx) return #ctx:body() end
function api.any.post(ctx) return #ctx:body() end

return api
