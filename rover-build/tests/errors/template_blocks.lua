local api = rover.server {}
function api.a.get(ctx)
  return api.html { rows = {} } [[
<ul>
{{ for _, row in ipairs(rows) do }}
  <li>{{ row }}</li>
</ul>
]]
end
function api.b.get(ctx)
  return api.html { x = 1 } [[<p>{{ x }}{{ end }}</p>{{ else }}]]
end
function api.c.get(ctx)
  return api.html { x = 1 } [[
<p>{{ if x then }}{{ repeat }}a{{ until x }}
<p>{{ until x }}
]]
end
function api.d.get(ctx)
  return api.html { x = 1 } [[<p>{{ x </p>]]
end
return api
