local api = rover.server {}
local page = rover.template "template_file.html"
function api.a.get(ctx) return api.html(page { title = "a" }) end
function api.b.get(ctx) return api.html(page { title = "b", note = "n" }) end
return api
