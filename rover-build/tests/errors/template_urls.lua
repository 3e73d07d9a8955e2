local api = rover.server {}
function api.loop.get(ctx)
  return api.html { list = { 1 } } [[<a href="/a{{ for _, x in ipairs(list) do }}{{ x }}?{{ end }}">x</a>]]
end
function api.scheme.get(ctx)
  return api.html { x = ctx.path } [[<a href="javascript{{ if x then }}?{{ end }}:{{ x }}">x</a>]]
end
function api.printed.get(ctx)
  return api.html { x = ctx.path } [[<a href="{{ if x then }}{{ x }}{{ else }}/y{{ end }}:{{ x }}">x</a>]]
end
function api.quotes.get(ctx)
  return api.html { x = ctx.path } [[<a href="/y{{ if x then }}?a="{{ end }}>x</a>]]
end
return api
