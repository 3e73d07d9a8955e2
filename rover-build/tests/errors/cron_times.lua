local api = rover.server {}
rover.cron("0 24 * * *", function() rover.log.info("midnight") end)
return api
