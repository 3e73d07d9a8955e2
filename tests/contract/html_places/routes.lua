-- Branches that end in different places of a URL: what follows is safe in all of them.
local api = rover.server {}

local function data(ctx)
  local q = ctx:query()
  return { q = q.q, v = q.v, full = q.full == "1" }
end
function api.query.get(ctx)
  return api.html(data(ctx)) [[<a href="/x{{ if q then }}?q={{ q }}{{ end }}">x</a>]]
end
function api.after.get(ctx)
  return api.html(data(ctx)) [[<a href="/x{{ if q then }}?q={{ q }}{{ end }}{{ v }}">x</a>]]
end
function api.start.get(ctx)
  return api.html(data(ctx)) [[<a href="{{ if full then }}/x/{{ end }}{{ v }}">x</a>]]
end
function api.head.get(ctx)
  return api.html(data(ctx)) [[<a href="x{{ if full then }}/{{ end }}{{ v }}">x</a>]]
end
function api.set.get(ctx)
  return api.html(data(ctx)) [[<img srcset="/a{{ if q then }}?{{ q }}{{ end }} 1x, {{ v }} 2x">]]
end
function api.unquoted.get(ctx)
  return api.html(data(ctx)) [[<a href=/x{{ if q then }}?q={{ q }}{{ end }}>x</a>]]
end

return api
