local api = rover.server {}
local setup = require "calls.setup"
setup.refuse()
return api
