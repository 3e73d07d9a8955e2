local api = rover.server {}

function api.first.get(ctx)
  for i = 1, 3 do
    if i == 2 then
      print(i)
  end
  return "first"
end

function api.second.get(ctx)
  return "second"
end

return api
