-- Contract section 1: modules.
local api = rover.server {}

local greet = require "lib.greet"
local counter = require("lib.deep")

function api.greet.p_name.get(ctx) return greet(ctx:params().name) end
function api.count.get() return counter.next() end
function api.same.get() return { same = require "lib.greet" == greet } end
require "lib.routes" (api)

function api.field.get() return { name = require("lib.only_a_field").name } end

-- Functions of modules that get a ctx.
local auth = require "lib.auth"
function api.user.get(ctx) return { user = auth.user(ctx), query = ctx:query().a } end
function api.replaced.get(ctx) return { auth.first(ctx), auth.second(ctx), auth.fourth(ctx) } end
function api.set.get(ctx)
  ctx:set("set", 1)
  return { auth.first(ctx), auth.second(ctx), auth.fourth(ctx) }
end

-- A module whose table is somebody else's, too.
local open = require "lib.open"
local function patch(m) m.user = function(c) return c:query().b .. tostring(c:get("set")) end end
patch(require "lib.open")
function api.open.get(ctx) return { user = open.user(ctx) } end

return api
