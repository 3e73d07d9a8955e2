local api = rover.server {}
rover.on_start("migrate")
return api
