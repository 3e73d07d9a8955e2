-- What a connection's bytes mean: each answer tells what was understood.
local api = rover.server { body_limit = "64KiB" }

local function understood(ctx)
  local body = ctx:body()
  return api.text(ctx.method .. " " .. ctx.path .. " " .. (body and body:raw() or ""))
end

-- Every worker has a VM of its own.
local vm = tostring {}
api["vm-id"].get = function(ctx) return vm .. ctx:query().x end

api.host.get = function(ctx) return ctx:headers().host end

api.closes.get = function(ctx) return api.text(ctx.path):header("Connection", "Close") end
api.closes.constant.get = function() return api.text("constant"):header("connection", "close") end

api.get = understood
api.rest_path.get = understood
api.rest_path.post = understood
api.rest_path.put = understood
api.unread.post = function() return "unread" end

return api
