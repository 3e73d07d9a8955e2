local api = rover.server {}
api.users.get = api.text "hello"
api.books.get = setmetatable({}, { __metatable = "hidden" })
return api
