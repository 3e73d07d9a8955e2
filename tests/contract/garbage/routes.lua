-- What one request leaves behind is not what another one lacks.
local api = rover.server { memory_limit = "16MiB", deadline = "20s" }

local large = ("y"):rep(1900000)

-- Takes so many tenths of a megabyte, collects while it has them, and keeps nothing.
function api.fill.p_size.get(ctx)
  local t = {}
  for i = 1, ctx:params().size do t[i] = ("x"):rep(100000) .. i end
  for i = 1, 2000 do t.last = ("z"):rep(1000) .. i end
  return #t
end

function api.large.get()
  return #(large .. large)
end

return api
