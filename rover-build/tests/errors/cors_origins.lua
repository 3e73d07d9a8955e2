local others = { "https://partner.example", 7 }
local api = rover.server {
  cors = {
    origins = {
      "https://app.example",
      "app.example",
      "https://app.example/shop",
      "https://user@app.example",
      "https://*.com",
      "https://a.*.example",
      "https://app.example:99999",
      "*",
    },
  },
}

api.partner.cors = { origins = others }
api.open.cors = { origins = "*", credentials = true }
api.framed.cors = { origins = { "https://a.example", "null" }, credentials = true }
api.nobody.cors = {}

function api.get() return 1 end
return api
