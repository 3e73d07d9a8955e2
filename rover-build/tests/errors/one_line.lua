local api = rover.server {}
function api.a.get(ctx) return ctx:headerz() end function api.b.get(ctx) return ctx:bodyy() end
api.c.get = function() end api.d.gett = function() end
api.e = { get = function() end, pst = function() end }
function api.a.get() end function api.f.get() end function api.f.get() end
local function h() end
api.k.get = h api.l.ptch = h
return api
