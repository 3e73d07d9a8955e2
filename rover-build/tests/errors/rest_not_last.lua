local api = rover.server {}
function api.files.rest_path.info.get(ctx) end
return api
