local api = rover.server {}
function api.length.get() return api.text("hello"):header("Content-Length", "99") end
function api.coding.get() return api.json { a = 1 }:header("x-a", "1"):header("transfer-encoding", "chunked") end
function api.alive.get() return api.text("x"):header("Connection", "keep-alive") end
function api.upgrade.get() return api.error(426, "Use TLS"):header("Upgrade", "TLS/1.0") end
-- These are fine.
function api.fine.get(ctx)
  return api.text("x"):header("Connection", "close"):header("Date", "x"):header("Connection", ctx:query().a)
end
return api
