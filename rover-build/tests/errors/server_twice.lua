local api = rover.server {}
local other = rover.server {}
return api
