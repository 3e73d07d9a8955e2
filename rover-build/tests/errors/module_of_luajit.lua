local ffi = require "ffi"
local api = rover.server {}
return api
