local api = {}

function api.get(ctx) return {} end

return api
