local api = rover.server {}
function api.chat.ws(ctx) end
function api.news.sse(ctx) end
return api
