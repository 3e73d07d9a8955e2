-- The gateway of a shop: it asks three services at once, and answers with what they know of a product.
-- `rover dev examples/gateway/services.lua` serves all three, for those who want to try it.
local api = rover.server { title = "Gateway", body_limit = "16KiB" }
local recent = require "recent"
local g = rover.guard

local function service(name)
  return {
    name = name,
    client = rover.http.client {
      base_url = os.getenv(name:upper() .. "_URL") or "http://127.0.0.1:4343/" .. name,
      timeout = os.getenv "SERVICE_TIMEOUT" or "800ms",
      retries = 1, -- where there was no connection: what may have arrived is never sent twice, nor is a POST
    },
  }
end

local catalogue, stock, reviews = service "catalogue", service "stock", service "reviews"
local SECONDS = tonumber(os.getenv "CACHE_SECONDS" or 5)
local PRODUCT = { id = g:integer():required():min(1):max(1e9) }

-- The only part of a URL that comes from the client is a number.
local function path_of(ctx) return "/" .. ctx:params():expect(PRODUCT).id end

-- What a service says of a product: its own words if they are some seconds old, nil where it knows nothing.
local function ask(from, path)
  return recent.fetch(from.name .. path, SECONDS, function()
    local answer = from.client:get(path)
    if answer.status == 404 then return nil end
    if not answer.ok then error { kind = "status", message = "status " .. answer.status } end
    return answer:json()
  end)
end

local function complain(about, problem)
  rover.log.warn("a service does not answer", { service = about.name, why = tostring(problem.message or problem) })
end

-- What there is no answer without. An answer that is thrown ends the request, and what it still waits for.
local function needed(from, path)
  local value, problem = rover.try(ask, from, path)
  if problem then
    complain(from, problem)
    error(api.error(problem.kind == "timeout" and 504 or 502, "The " .. from.name .. " does not answer"))
  end
  return value or error(api.error(404, "No such product"))
end

--- A product, with its stock and reviews.
-- A service that fails or takes too long leaves its part out, and is named in `missing`.
-- @tag products
function api.products.p_id.get(ctx)
  local path, missing = path_of(ctx), {}

  local function welcome(from)
    local value, problem = rover.try(ask, from, path)
    if problem then
      missing[#missing + 1] = from.name
      if problem.kind ~= "cancelled" then complain(from, problem) end
    end
    return value
  end

  local found = rover.all {
    function() return needed(catalogue, path) end,
    function() return welcome(stock) end,
    function() return welcome(reviews) end,
  }
  table.sort(missing)
  return { product = found[1], stock = found[2], reviews = found[3], missing = rover.array(missing) }
end

--- Passes a review on, and what is said to it.
-- @tag products
function api.products.p_id.reviews.post(ctx)
  local path, review = path_of(ctx), ctx:body():json()
  local said, problem = rover.try(function()
    local answer = reviews.client:post(path, { json = review })
    return api.json:status(answer.status, answer:json())
  end)
  if problem then complain(reviews, problem) end
  return said or api.error(502, "The reviews do not answer")
end

return api
