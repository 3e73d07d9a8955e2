local api = rover.server {}

function api.get(ctx)
  return api.html { a = 1 } [[
<p>{{ if a != 1 then }}one{{ end }}</p>
<p>{{ a ? "x" : "y" }}</p>
<p>{{ !a }}</p>
]]
end

return api
