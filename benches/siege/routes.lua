-- What is besieged.
local api = rover.server { port = 0, workers = 2, log_level = "warn", health = true, title = "besieged" }

-- Every worker has a VM of its own.
local vm = tostring {}
function api.worker.get() return vm .. "" end

function api.echo.get(ctx) return ctx:query().say end
function api.echo.post(ctx)
  local body = ctx:body()
  return body and body:raw() or ""
end

function api.large.get(ctx)
  local query = ctx:query()
  return string.rep(query.with, 1024 * (tonumber(query.kib) or 1024))
end

-- Some milliseconds of work.
function api.work.get(ctx)
  local sum = #ctx.path
  for i = 1, 500000 do sum = (sum * 31 + i) % 65521 end
  return sum
end

-- Waits for longer than its clients do.
function api.asleep.get()
  rover.all { function() rover.sleep(3600) end, function() rover.sleep(3600) end }
end
-- Waits, and answers.
function api.waits.get(ctx)
  local say = ctx:query().say
  local said = rover.all({ 1, 2, 3 }, function(n)
    rover.sleep(n / 1000)
    return say
  end)
  return table.concat(said, " ")
end

function api.spin.get() while true do end end

return api
