local api = rover.server {
  cors = {
    origin = "https://app.example",
    colour = "red",
    methods = { "GET", "FETCH" },
    headers = { "x own", "x-own" },
    expose = "x-total",
    credentials = "yes",
    max_age = -1,
  },
}

api.one.cors = { origins = "https://app.example", credentials = true, expose = "*" }
api.two = {
  cors = {
    origins = "https://app.example",
    max_age = "soon",
  },
  get = function() return 2 end,
}
api.three.cors = true

function api.four.cors(ctx) return ctx.path end

function api.get() return 1 end
return api
