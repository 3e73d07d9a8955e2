local api = rover.server {}
function rover.html.card(props) return rover.html(props) [[<p>{{ title }}</p>]] end
function api.a.get(ctx)
  return api.html { title = "t", rows = {} } [[
<h1>{{ titel }}</h1>
{{ for _, row in ipairs(rows) do }}{{ row.name }}{{ roww }}{{ end }}
{{ crad { title = title } }}
{{ title = 1 }}
{{ helper(title) }}
{{ row }}
]]
end
function api.b.get(ctx)
  local data = { anything = 1 }
  return api.html(data) [[{{ anything }} {{ crad { title = 1 } }}]]
end
return api
