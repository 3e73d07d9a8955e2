-- Lua's own library in Rover's VM: see `--bin library`.
local cases = require "cases"
local api = rover.server { deadline = "10min", log_level = "off" }

function api.p_name.p_rounds.get(ctx)
  local params = ctx:params()
  return { value = cases[params.name](tonumber(params.rounds)) }
end

return api
