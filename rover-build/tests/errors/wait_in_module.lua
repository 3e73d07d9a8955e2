local api = rover.server {}
local settings = require "lib.waits_while_loading"

function api.get()
  return settings
end

return api
