local api = rover.server {}
function api.a.get(ctx)
  return api.html { x = 1 } [[
<div>
  <b><i>{{ x }}</b></i>
</div>
]]
end
function api.b.get(ctx)
  return api.html { x = 1 } [[
<!doctype html>
<html>
<body>
  <main>
  <p>{{ x }}
  <ul><li>a<li>b</ul>
</body>
</html></section>
]]
end
return api
