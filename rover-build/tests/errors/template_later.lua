local api = rover.server {}
function api.never.get()
  local page = api.html { a = 1 }
  return page
end
function api.field.get()
  local render = rover.html { title = "x" }
  return render [[<h1>{{ titel }}</h1>]]
end
return api
