local api = rover.server {}
local store = require "lib.store"
count = 0
function api.get()
  count = count + 1
  found = store.add(count)
  return found
end
return api
