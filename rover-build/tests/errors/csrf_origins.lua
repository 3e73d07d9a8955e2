local api = rover.server {}

api.before = rover.csrf { origins = { "https://app.example/path" } }

function api.post() end

return api
