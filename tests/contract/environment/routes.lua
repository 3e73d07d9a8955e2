-- Variables of the environment, none of which is set where this is asked.
local g = rover.guard
local env = rover.env {
  --- The port.
  TEST_ROVER_ENV_PORT = g:integer():default(4300),
  TEST_ROVER_ENV_RATE = g:number():default(0.5),
  TEST_ROVER_ENV_VERBOSE = g:boolean():default(true),
  TEST_ROVER_ENV_MODE = g:string():enum { "test", "live" }:default("test"),
  TEST_ROVER_ENV_NAME = g:string(),
  TEST_ROVER_ENV_PLAIN = { type = "integer", default = 7 },
}
local by_name = rover.env { TEST_ROVER_ENV_SAME = g:string():default("same") }
local READ = rover.env

local port, unset = env.TEST_ROVER_ENV_PORT, rover.env.TEST_ROVER_ENV_NONE

local api = rover.server { port = env.TEST_ROVER_ENV_PORT }

function api.get()
  return {
    port = env.TEST_ROVER_ENV_PORT, rate = env.TEST_ROVER_ENV_RATE, verbose = env.TEST_ROVER_ENV_VERBOSE,
    mode = env.TEST_ROVER_ENV_MODE, name = env.TEST_ROVER_ENV_NAME, plain = env.TEST_ROVER_ENV_PLAIN,
  }
end

function api.types.get()
  return {
    math.type and "other" or type(port), type(env.TEST_ROVER_ENV_VERBOSE), type(env.TEST_ROVER_ENV_NAME),
    type(unset), type(rover.env.TEST_ROVER_ENV_NONE), type(READ[1]), by_name.TEST_ROVER_ENV_SAME,
  }
end

-- A part of the request is a name like any other.
function api.read.p_name.get(ctx) return rover.env[ctx:params().name] or "not set" end

function api.page.get() return api.html { mode = env.TEST_ROVER_ENV_MODE } "<p>{{ mode }} {{ 1 + 1 }}</p>" end

function api.write.get()
  local ok, why = pcall(function() rover.env.TEST_ROVER_ENV_PORT = "1" end)
  local raw, raw_why = pcall(function()
    rawset(rover.env, "TEST_ROVER_ENV_PORT", "1")
  end)
  return { ok = ok, why = why, raw = raw, raw_why = raw_why }
end

function api.later.get()
  local ok, why = pcall(function()
    local later = rover.env { TEST_ROVER_ENV_LATER = g:string() }
    return later
  end)
  return { ok = ok, why = why }
end

return api
