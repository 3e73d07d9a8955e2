-- A program's own routes at the paths of the documentation.
local api = rover.server {}

function api.docs.post() return "own" end
function api.p_page.get(ctx) return ctx:params().page end

return api
