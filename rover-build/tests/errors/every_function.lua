local api = rover.server {}
local refresh
rover.every(60, refresh)
return api
