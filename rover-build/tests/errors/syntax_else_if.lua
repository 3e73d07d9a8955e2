local api = rover.server {}

function api.size.get(ctx)
  local n = tonumber(ctx:query().n)
  if n < 10 then
    return "small"
  else if n < 100 then
    return "middle"
  else
    return "large"
  end
end

return api
