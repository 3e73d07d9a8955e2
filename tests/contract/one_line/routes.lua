-- Functions that share their lines are told apart.
local api = rover.server {}
local g = rover.guard

function api.sorted.get(ctx) local o = { { k = 2 }, { k = 1 } } table.sort(o, function(a, b) return a.k < b.k end) return { o[1].k, ctx:query().x } end

api.two = { get = function(ctx) return ctx:query():expect { n = g:integer():required() } end, post = function(ctx) return ctx:body():expect { t = g:string():required() } end, delete = function() return "gone" end }

function api.a.get(ctx) return ctx:query().a end function api.b.get(ctx) return ctx:headers()["x-b"] end

return api
