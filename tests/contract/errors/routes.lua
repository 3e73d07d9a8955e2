-- Contract section 9.
local api = rover.server {}

function api.raised.get() error("secret") end
function api.index.get() local t = nil; return t.x end
function api.object.get() error({ code = 7 }) end
function api.none.get() error() end
function api.deep.get()
  local function f(n) return 1 + f(n + 1) end
  return f(1)
end
function api.fine.get() return "fine" end
function api.parse.post(ctx) return ctx:body():json() end
function api.log.get()
  rover.log.info("a message", { n = 1 })
  rover.log.debug("d")
  rover.log.warn("w")
  rover.log.error("e")
  print("printed", 1, nil)
  return "logged"
end

return api
