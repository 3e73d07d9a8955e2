local api = rover.server {}

local function load_rates(source)
  local answer = rover.http.get(source)
  return answer:json()
end

local rates = load_rates("https://rates.example.com")

function api.get()
  return rates
end

return api
