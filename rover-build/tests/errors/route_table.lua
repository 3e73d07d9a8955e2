local api = rover.server {}
api.books = {
  get = function() return {} end,
  putt = function() end,
}
return api
