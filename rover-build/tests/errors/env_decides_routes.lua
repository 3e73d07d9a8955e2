local g = rover.guard
local env = rover.env {
  METRICS = g:boolean():default(false),
  MODE = g:string():default("production"),
  STORE = g:string():enum { "memory", "disk" }:required(),
}
local api = rover.server {}

function api.get() return "hello" end

if rover.env.DEBUG then
  function api.debug.get() return "debug" end
end

if env.METRICS then function api.metrics.get() return "metrics" end end

local mode = env.MODE
if mode == "test" then
  function api.reset.post() return "gone" end
end

local function memory() return "memory" end
local function disk() return "disk" end
api.store.get = env.STORE == "disk" and disk or memory

return api
