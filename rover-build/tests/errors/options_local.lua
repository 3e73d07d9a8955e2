local limits = { ["POST /upload"] = "much" }
local options = {
  prot = 8080,
  body_limits = limits,
}
local api = rover.server(options)

function api.upload.post(ctx) return #ctx:body() end

return api
