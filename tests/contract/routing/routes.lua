-- Contract section 3.
local api = rover.server { port = 0 }

local function show(name)
  return function(ctx) return { route = name, params = ctx:params() } end
end

api.get = show "root"
api.users.get = show "list"
api.users.post = show "create"
api.users.new.get = show "form"
api.users.p_id.get = show "one"
api.users.p_id.post = show "change"
api.users.p_id.posts.p_post.get = show "post"
api.files.rest_path.get = show "file"
api.files.about.get = show "about"
api.files.p_name.meta.get = show "meta"
api["user-list"].get = show "dashed"
api["a b"].get = show "space"
api["é"].get = show "accent"
api.users.config.get = show "config below the top"
api.many.put = show "put"
api.many.patch = show "patch"
api.many.delete = show "delete"
api.own.options = function() return "mine" end
api.own.get = show "own"
api.own.head = function() return api.text("x"):header("x-own", "head") end
-- Enough literals beside each other to be hashed.
for i = 1, 20 do
  api.wide["n" .. i].p_x.get = show("wide" .. i)
end
api.wide.p_any.get = show "wide any"
api.wide.p_any.p_x.get = show "wide other"

return api
