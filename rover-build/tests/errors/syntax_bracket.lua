local api = rover.server {}
local names = {
  "first",
  "second",

function api.get(ctx)
  return names
end

return api
