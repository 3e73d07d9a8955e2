local api = rover.server {}

function string.trim(s) return s end

function api.a.get(ctx)
  local t = {}
  table:insert(t, 1)
  rover.log:info("hello")
  return { string:upper("a"), math:floor(1.5), rover.json:encode({}), os:time(), string:trim() }
end

-- Locals of these names are the program's.
function api.b.get(ctx)
  local table = { insert = function() return 1 end }
  local string = "a"
  return { table:insert(1), string:upper(), ("x"):rep(3) }
end

return api
