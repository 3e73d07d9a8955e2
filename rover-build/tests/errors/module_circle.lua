local api = rover.server {}
local one = require "lib.circle_one"
function api.get(ctx) return ctx:body():expect { a = one.schema } end
return api
