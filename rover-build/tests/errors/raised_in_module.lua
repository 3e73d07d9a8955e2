local api = rover.server {}
local setup = require "calls.setup"

local function start()
  setup.check {}
end

start()

return api
