local api = rover.server {}
function api.a.get() return api.jsn { a = 1 } end
function api.b.get() return api:txt("x") end
function api.c.get() return api.json:statuss(201, {}) end
function api.d.get() return api.text("x"):heder("a", "b") end
function api.e.get() return api.redirect:permanent("/x"):header("a", "b") end
return api
