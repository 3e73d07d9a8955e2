local api = rover.server {}
function api.get()
  local ok, extra = pcall(require, "lib.optional")
  return { extra = ok and extra, list = require("lib.mising").list() }
end
return api
