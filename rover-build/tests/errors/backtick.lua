local api = rover.server {}
local fine = "`" -- ` and [[`]]

function api.get()
  return `fine`
end

return api
