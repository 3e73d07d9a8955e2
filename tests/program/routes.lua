local api = rover.server {
  port = 0, workers = 2, health = true, title = "program", version = "1.2.3",
  deadlines = { ["GET /spin"] = "15s" },
}

function api.hello.get() return "hello" end
function api.echo.post(ctx) return ctx:body():text() end
function api.log.get()
  rover.log.info("a message", { n = 1 })
  print("printed", 1, nil)
  error("what only the log may know")
end

function api.spin.get() while true do end end

-- Nothing is in the environment at build, so this route is only found at the start.
if os.getenv("MORE_ROUTES") then
  function api.more.get() return "more" end
end

return api
