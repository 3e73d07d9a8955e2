local api = rover.server {}
local function deep() return 1 + deep() end
deep()
return api
