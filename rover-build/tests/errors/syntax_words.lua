import json from "json"
const limit = 10
let count = 0
local api = rover.server {}
local size <const> = 4
local width: number = 7

// counts the words
def words(text)
  return 1
end

for i = 1, 3 do
  if i == 2 then continue end
  retrun i
end

/* the end
   of it */
return api
