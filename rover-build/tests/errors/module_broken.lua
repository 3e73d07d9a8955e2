local api = rover.server {}
local broken = require "lib.broken"
return api
