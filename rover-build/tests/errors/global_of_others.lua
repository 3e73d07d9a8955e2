local api = rover.server {}
ngx.say("hello")
return api
