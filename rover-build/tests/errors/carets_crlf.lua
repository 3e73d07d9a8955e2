local api = rover.server {}
local n = 0
n += 1
return api