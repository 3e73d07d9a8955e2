local M = {}
local two = require "lib.circle_two"
M.schema = two.schema
return M
