local api = rover.server {}
local nightly = { times = "0 0 31 2 *" }
rover.cron(nightly.times, function() rover.log.info("never") end)
return api
