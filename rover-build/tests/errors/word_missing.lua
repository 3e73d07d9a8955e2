local api = rover.server {}
local run = os.execute

local function read(name)
  local file = io.popen(name)
  return file:read("*a")
end

local function quit() os.exit(1) end

function api.a.get(ctx)
  local session = rover.session(ctx)
  local ok, text = pcall(function() return read("x") end)
  pcall(os.execute, "ls")
  rover.lgo.info("x")
  return { ok, text, session, math.round(1.5), string.lenght("a"), run("x"), ctx.user }
end

function api.b.get(ctx)
  ngx.say("hello")
  ngx.req.get_headers()
  io.write("x")
  dofile("x.lua")
  return { debug.getlocal(1, 1), debug.traceback(), utf8.len("a") }
end

function api.c.get(req, res)
  return res.send("c")
end

-- Nothing comes to these, or they ask first.
local remove = os.remove
local function unused() return io.open("x") end
local function maybe(verbose)
  if verbose then io.stderr:write("x") quit() end
  return io.lines and io.lines("x")
end
function api.d.get(ctx) return maybe(false) or "d" end

return api
