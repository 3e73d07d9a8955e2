local api = rover.server {}

function api.get() return "hello" end

if os.getenv "DEBUG" then
  function api.debug.get() return "debug" end
end

-- The routes are the same.
if os.getenv "QUIET" then rover.log.info "quiet" end

return api
