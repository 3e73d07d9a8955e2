local api = rover.server {}
function api.a.get(ctx)
  return api.html { x = 1, y = 2 } [[
<p>{{ x + }}</p>
<p>{{ if x the }}a{{ end }}</p>
<p>{{ for x in do }}a{{ end }}</p>
<p>{{ x) print(y }}</p>
<p>{{ x, y }}</p>
<p>{{ if x then y() end if y then }}a{{ end }}</p>
<p>{{ }}</p>
<p>{{ return x }}</p>
<p>{{ goto done }}</p>
]]
end
return api
