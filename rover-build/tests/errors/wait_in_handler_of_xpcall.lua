local api = rover.server {}

local function send(message)
  rover.http.post("https://errors.example.com", { body = message })
end

local function report(message)
  send(message)
  return message
end

function api.a.get()
  return { xpcall(error, report) }
end

function api.b.get()
  return { xpcall(error, function() rover.sleep(1) end) }
end

-- These do not wait for certain, or elsewhere.
function api.c.get(ctx)
  local function maybe(message)
    if ctx.path == "x" then rover.sleep(1) end
    rover.spawn(send, message)
    pcall(send, message)
    return message
  end
  return { xpcall(function() rover.sleep(1) end, maybe), xpcall(send, debug.traceback) }
end

return api
