local api = rover.server {}
function api.a.get() return api.text("x"):status(100) end
function api.b.get() return api.json:status(101, {}) end
function api.c.get() return api.json.status(600, {}) end
function api.d.get() return api.error(42, "no") end
function api.e.get() return api.redirect:status(200.5, "/") end
-- These are fine.
function api.f.get() return api.json:status(599, {}):status(200) end
return api
