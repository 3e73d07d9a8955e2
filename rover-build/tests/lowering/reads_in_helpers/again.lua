local given = require "given"
return given
