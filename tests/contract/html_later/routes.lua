-- Data first, in a local; the template after it.
local api = rover.server {}

function api.value.get(ctx)
  local render = rover.html { name = ctx:query().name, n = 2 }
  return render [[<b>{{ name }}</b> {{ n }}]]
end
function api.response.get(ctx)
  local page = api.html:status(201, { name = ctx:query().name })
  return page [[<i>{{ name }}</i>]]
end
function api.chosen.get(ctx)
  local data = { name = ctx:query().name }
  local render = rover.html(data)
  data.name = data.name .. "!"
  if ctx:query().short then return render "<p>{{ name }}</p>" end
  return api.html(render [[<h1>{{ name }}</h1>]])
end
function api.inside.get(ctx)
  local render = rover.html { name = ctx:query().name }
  local parts = { render [[<a>{{ name }}</a>]], render [[<b>{{ name }}</b>]] }
  return api.html(parts[1] .. parts[2])
end

return api
