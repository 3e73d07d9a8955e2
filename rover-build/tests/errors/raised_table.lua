local api = rover.server {}
error {}
return api
