local api = rover.server { files = { "data", "", 7 }, max_background = -1, timeout = "soon" }
return api
