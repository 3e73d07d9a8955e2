local api = rover.server {}
local one, two = require "small.one", require "small.two"
local n = 0
n += 1
return api
