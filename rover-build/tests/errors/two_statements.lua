local api = rover.server {}
local users, posts = api.users, api.posts
users.gett, posts.get = function() end, function() end
users["a b"].pots = function() end
return api
