local api = rover.server {}
local name = "x" os.execute("ls " .. name)
return api
