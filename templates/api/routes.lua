-- One worker, because the notes are kept in its memory.
local api = rover.server { port = 4242, workers = 1, body_limit = "64KiB" }

require "routes.notes" (api)

function api.health.get()
  return { status = "ok" }
end

return api
