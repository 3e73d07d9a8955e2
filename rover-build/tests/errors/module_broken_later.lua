local api = rover.server {}
if api then require "lib.broken" end
return api
