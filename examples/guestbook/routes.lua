local api = rover.server { title = "Guestbook", body_limit = "16KiB" }
local page = rover.template "views/page.html"
local entries = require "entries"

rover.html.entry = rover.template "views/entry.html"
rover.html.form = rover.template "views/form.html"

function rover.html.field(props)
  return rover.html(props) [[
    <label for="{{ name }}">{{ label }}</label>
    <input id="{{ name }}" name="{{ name }}" type="{{ type or "text" }}" value="{{ value }}"
      {{ if required then }}required{{ end }} {{ if error then }}aria-invalid="true" aria-describedby="{{ name }}-error"{{ end }}>
    {{ if error then }}<p class="error" id="{{ name }}-error">{{ error }}</p>{{ end }}
  ]]
end

function rover.html.plural(props)
  return props.count .. " " .. props.word .. (props.count == 1 and "" or "s")
end

local function show(found, search)
  return rover.html { entries = found, search = search } [[
    <form class="search" action="/" role="search">
      <input name="q" type="search" value="{{ search }}" placeholder="Search" aria-label="Search the entries">
      <button>Search</button>
    </form>
    <p class="count">{{ plural { count = #entries, word = "greeting" } }}{{ if search then }}
      with “{{ search }}” · <a href="/?q={{ search }}&amp;order=oldest">oldest first</a> · <a href="/">all</a>{{ end }}</p>
    {{ for _, e in ipairs(entries) do }}{{ entry { item = e } }}{{ end }}
    {{ if #entries == 0 then }}<p>Nobody has written yet.</p>{{ end }}
  ]]
end

local function not_found(ctx)
  return api.html:status(404, page {
    title = "Not found",
    body = rover.html { path = ctx.path } [[<p>There is nothing at <code>{{ path }}</code>.</p><p><a href="/">All greetings</a></p>]],
    names = {},
  })
end

function api.get(ctx)
  local search, order = ctx:query().q, ctx:query().order
  local found = entries.find(search, order == "oldest")
  return api.html(page {
    title = "Guestbook",
    body = rover.html { list = show(found, search) } [[{{ form { values = {}, errors = {} } }}{{ list }}]],
    names = entries.names(),
  })
end

function api.post(ctx)
  local values = ctx:body():form()
  local id, errors = entries.add(values)
  if id then return api.redirect:status(303, "/entries/" .. id) end
  return api.html:status(422, { values = values, errors = errors }) [[
<!doctype html>
<html lang="en">
<title>Guestbook: something is missing</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">
<main>
<h1>Something is missing</h1>
{{ form { values = values, errors = errors } }}
</main>
</html>
]]
end

function api.entries.p_id.get(ctx)
  local e = entries.by_id(ctx:params().id)
  if not e then return not_found(ctx) end
  return api.html(page {
    title = e.name .. " in the guestbook",
    body = rover.html { e = e } [[{{ entry { item = e } }}<p><a href="/">All greetings</a></p>]],
    names = entries.names(),
  })
end

function api.not_found(ctx) return not_found(ctx) end

local style = require "style"
api["style.css"].get = function() return api.bytes(style, "text/css; charset=utf-8") end

return api
