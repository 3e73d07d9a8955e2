-- Contract section 1: modules.
local api = rover.server {}

local greet = require "lib.greet"
local counter = require("lib.deep")

function api.greet.p_name.get(ctx) return greet(ctx:params().name) end
function api.count.get() return counter.next() end
function api.same.get() return { same = require "lib.greet" == greet } end
require "lib.routes" (api)

return api
