local api = rover.server {}
while true do
  pcall(function() while true do end end)
end
return api
