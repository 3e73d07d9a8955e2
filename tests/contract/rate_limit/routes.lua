-- How often clients come: by their address, by what the program says, of several limits at once.
local api = rover.server { workers = 1 }

api.twice.before = rover.rate_limit { rate = "2/day" }
function api.twice.get() return "in" end
function api.twice.p_id.get(ctx) return { id = ctx:params().id } end
function api.twice.post(ctx) return ctx:body():json() end
function api.twice.constant.get() return "always the same" end

-- One of its own, of the same rate.
api.other.before = rover.rate_limit { rate = "2/day" }
function api.other.get() return { other = true } end

-- Two that count together.
api.one.before = rover.rate_limit { rate = "2/day", name = "both" }
function api.one.get() return "one" end
api.two.before = rover.rate_limit { rate = "2/day", name = "both" }
function api.two.get() return "two" end

-- Who asks without a key is not counted.
api.keys.before = rover.rate_limit {
  rate = "10/day",
  burst = 2,
  by = function(ctx) return ctx:headers()["x-key"] end,
}
function api.keys.get(ctx) return { key = ctx:headers()["x-key"] } end

api.number.before = rover.rate_limit { rate = "1/day", by = function(ctx) return tonumber(ctx:query().n) end }
function api.number.get() return "in" end
api.wrong.before = rover.rate_limit { rate = "1/day", by = function() return true end }
function api.wrong.get() return "in" end
api.fails.before = rover.rate_limit { rate = "1/day", by = function() error("by failed") end }
function api.fails.get() return "in" end
api.waits.before = rover.rate_limit { rate = "1/day", by = function() rover.sleep(0.001) return "all" end }
function api.waits.get() return "in" end

-- A list: those that come first are asked first.
api.list.before = { rover.rate_limit { rate = "3/day" }, rover.rate_limit { rate = "1/day", name = "inner" } }
function api.list.get() return "in" end
-- The outer one, too.
api.list.below.before = rover.rate_limit { rate = "1/h", by = function(ctx) return ctx:query().who end }
function api.list.below.get() return { below = true } end

for _, name in ipairs { "first", "second" } do
  -- Two hooks of one line count apart.
  api.made[name].before = rover.rate_limit { rate = "1/day" }
  api.made[name].get = function() return name end
end

api.late.before = rover.rate_limit { rate = "1/day" }
function api.late.get()
  local ok, message = pcall(rover.rate_limit, { rate = "1/day" })
  return { ok = ok, message = message }
end

return api
