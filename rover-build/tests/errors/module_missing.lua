local api = rover.server {}
local books = require "books.list"
local authors = require("authors")
return api
