-- The three services that `routes.lua` asks, for those who want to try it.
local api = rover.server { title = "Services", port = 4343, workers = 1 }

local NAMES = { "Teapot", "Kettle", "Cup" }
local said = { { stars = 5, text = "Does not drip." } }

local function known(ctx)
  local id = tonumber(ctx:params().id)
  if not NAMES[id] then error(api.error(404, "No such product")) end
  return id
end

function api.catalogue.p_id.get(ctx)
  local id = known(ctx)
  return { id = id, name = NAMES[id], price = 10 * id }
end

function api.stock.p_id.get(ctx)
  return { pieces = 12 / known(ctx) }
end

-- Of the second product it takes longer than the gateway waits.
function api.reviews.p_id.get(ctx)
  local id = known(ctx)
  rover.sleep(id == 2 and 5 or 0.02)
  return id == 1 and rover.array(said) or rover.array {}
end

function api.reviews.p_id.post(ctx)
  known(ctx)
  said[#said + 1] = ctx:body():json()
  return api.json:status(201, { reviews = #said })
end

return api
