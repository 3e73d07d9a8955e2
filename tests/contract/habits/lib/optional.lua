-- Is required under `pcall` only.
local missing = require "lib.of_another_program"
return missing
