local M = {}
local one = require "lib.circle_one"
M.schema = one.schema
return M
