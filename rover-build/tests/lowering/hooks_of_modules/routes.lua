-- A module's function that stands as a hook or a handler alone is rewritten as one that is written there.
local auth = require "auth"
local api = rover.server {}

api.fires.before = auth.token
api.fires.after = auth.mark
api.fires.get = auth.who
api.fires.named.before.first = auth.named
function api.fires.named.get(ctx) return { path = ctx.path } end

-- Others call it, or may.
api.stays.called.before = auth.called
function api.stays.called.get(ctx)
  auth.called(ctx)
  return "called"
end
api.stays.inside.before = auth.inside
function api.stays.inside.get(ctx) return "inside" end
api.stays.kept.before = auth.kept
function api.stays.kept.get(ctx) return "kept" end

return api
