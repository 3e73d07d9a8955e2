local api = rover.server {}
function api.hello.get() return "x" end
