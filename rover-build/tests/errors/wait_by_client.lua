local api = rover.server {}
local upstream = rover.http.client { base_url = "https://a.example.com" }
upstream:post("/started", { json = {} })
return api
