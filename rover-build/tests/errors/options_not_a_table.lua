local api = rover.server(8080)
return api
