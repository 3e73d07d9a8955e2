local api = rover.server {}
io.stdout:write("starting\n")
return api
