local api = rover.server {}
api.users.get = "a string"
api.users.count.get = 7
return api
