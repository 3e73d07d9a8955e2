local api = rover.server { cors = { origins = "*" } }

api.cors = { origins = "https://app.example" }
api.public.cors = false
api.public.cors = { origins = "*" }
api.x[""].cors = false

function api.get() return 1 end
return api
