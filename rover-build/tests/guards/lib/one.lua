local schemas = require "lib.schemas"
local kind = "num" .. "ber"
return rover.guard:object { title = schemas.TITLE, price = rover.guard[kind](rover.guard) }
