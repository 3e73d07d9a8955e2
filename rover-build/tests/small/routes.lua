local api = rover.server { port = 8080, title = "Small", body_limit = "2KiB", docs = false }
local greet = require "greet"

function api.get() return greet("world") end
function api.users.p_id.get(ctx) return { id = ctx:params().id, path = ctx.path } end
function api.users.p_id.put(ctx) return { name = ctx:body():json().name } end
function api.files.rest_path.get(ctx) return greet(ctx) end
function api.not_found(ctx) return { path = ctx.path, id = "contradicts" } end

return api
