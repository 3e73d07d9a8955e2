local api = rover.server {}
local g = rover.guard
return api
