local api = rover.server {}
local titles = { "a" }
local function shout(text) return text:upper() end

function api.get(ctx)
  return api.html { title = "t" } [[<p>{{ titles }} {{ shout(title) }}</p>]]
end

return api
