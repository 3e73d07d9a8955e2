local api = rover.server {}
local upstream = rover.http.client("https://a.example.com")
return api
