local api = rover.server {}
local file = io.open("/etc/passwd")
return api
