-- Templates: what they print, and how.
local api = rover.server { port = 0 }
local page = rover.template "views/page.html"

function rover.html.card(props)
  return rover.html(props) [[<section><h2>{{ title }}</h2>{{ body }}</section>]]
end

function rover.html.shout(text) return text:upper() .. "!" end

-- All that is visible.
function api.hello.p_name.get(ctx)
  return api.html { name = ctx:params().name, loud = ctx:query().loud } [[
<p>Hello, {{ name }}{{ if loud then }}!{{ end }}</p>
]]
end

-- Data that is not seen until it is there.
function api.data.get(ctx)
  local data = { title = "T", rows = { { n = 1 }, { n = 2.5 } } }
  return api.html(data) [==[
<h1>{{ title }}</h1>
{{ for i, row in ipairs(rows) do }}<i>{{ i }}={{ row.n }}</i>{{ end }}
{{ for k, v in pairs({ a = 1 }) do }}{{ k }}{{ v }}{{ end }}
{{ local n = 0 }}{{ while n < 3 do }}{{ n = n + 1 }}{{ n }},{{ end }}
{{ for i = 1, 3 do }}{{ if i == 2 then }}two{{ elseif i == 3 then }}three{{ else }}{{ i }}{{ end }} {{ end }}
{{ repeat }}{{ n = n - 1 }}{{ if n == 1 then }}{{ break }}{{ end }}r{{ until n <= 0 }}
{{-- a comment with }} and {{ in it --}}{{ nothing }}{{ true }}{{ string.upper(title) }}{{ #rows }}
{{ "}}" }}{{ ({ a = { b = "c" } }).a.b }}{{ data.title }}
]==]
end

function api.raw.get(ctx)
  return api.html { x = ctx:query().x } "<b>{{ x }}</b>{{{ x }}}"
end

function api.status.get(ctx)
  return api.html:status(404, { path = ctx.path }) [[<p>No {{ path }}</p>]]
end

function api.headers.get(ctx)
  return api.html { x = 1 } [[<p>{{ x }}</p>]]:header("x-a", "b"):status(202)
end

function api.components.get(ctx)
  local inner = rover.html { x = ctx:query().x } [[<em>{{ x }}</em>]]
  return api.html { inner = inner, x = ctx:query().x } [[
{{ card { title = x, body = inner } }}{{ card { title = "A", body = card { title = "<", body = nil } } }}{{ shout(x or "") }}
]]
end

function api.file.get(ctx)
  return api.html(page { title = ctx:query().title, rows = { 1, 2 } })
end

function api.file.again.get(ctx)
  local data = { title = "again", rows = {} }
  return api.html(data)(page)
end

function api.value.get() return rover.html { x = "<" } [[<p>{{ x }}</p>]] end

function api.strings.get(ctx)
  local value = rover.html { x = "&" } [[{{ x }}]]
  return { text = value, size = #value, string = tostring(value), joined = tostring(value .. "<" .. value) }
end

function api.safe.get(ctx)
  return api.html { a = rover.html("<b>bold</b>"), b = rover.html("<i title='x'>&amp;</i>") } [[
{{ a }}<p title="{{ b }}" class='{{ b }}'>{{ b }}</p><title>{{ b }}</title><script>x = {{ a }};</script>
]]
end

-- What happens when things go wrong.
function api.fails.get(ctx)
  local ok, message = pcall(function()
    return rover.html { t = nil } [[
      <p>
      {{ t.x }}</p>]]
  end)
  return api.html { ok = ok, message = message } [[{{ ok }}: {{ message }}]]
end

function api.fails.print.get(ctx)
  local ok, message = pcall(function()
    return rover.html { t = {} } [[<p>
      {{ t }}</p>]]
  end)
  return api.text(message)
end

function api.fails.component.get(ctx)
  return api.html { x = ctx:query().x } [[<ul>{{ for i = 1, 2 do }}<li>{{ select(2, pcall(card, nil)) }}</li>{{ end }}</ul>{{ x }}]]
end

function api.fails.dynamic.get(ctx)
  local text = "<p>{{ x }}</p>"
  local parts = { text }
  return select(2, pcall(function() return api.html { x = 1 } (parts[1]) end))
end

function api.fails.nothing.get(ctx) local t = { x = 1 } return api.html(t) end

-- A statement that is a template: it does nothing, and is no mistake.
function api.statement.get(ctx)
  rover.html { x = 1 } [[<p>{{ x }}</p>]]
  rover.html { x = 1 } [[<p>{{ x }}</p>]]
  return "done"
end

-- What is no data: a text that is there already.
function api.texts.p_kind.post(ctx)
  local given = { string = "x", html = rover.html "x", body = ctx:body(), number = 1 }
  local value = given[ctx:params().kind]
  local function tried(f) return (select(2, pcall(f))) end
  return {
    value = tried(function() return rover.html(value) [[<p>]] end),
    page = tried(function() return api.html(value) [[<p>]] end),
    text = tostring(tried(function() return rover.html(value) end)),
  }
end

-- The lines of errors in strings with escapes.
local function line(f) return tonumber(select(2, pcall(f)):match("^routes.lua:(%d+): ")) end
function api.fails.lines.get(ctx)
  local first = line(function() error("here") end)
  local found = {
    line(function() return rover.html { t = nil } "<p>\n\n{{ t.x }}" end), -- 1
    line(function() return rover.html { t = nil } "\10\x0a\u{a}{{ if t\n==\nnil then }}{{ t.x }}{{ end }}" end), -- 2
    line(function() return rover.html { t = nil } "{{ #[[a\n\nb]] == 4\r\n and t.x }}" end), -- 3
    line(function() return rover.html { t = nil } "{{ '\\\n' == [[\n\n]] and t.x }}" end), -- 4
    line(function() return rover.html { t = nil } "<p>\z
      {{ t.x }}" end), -- 6
    line(function() return rover.html { t = nil } "<p>\
      {{ t.x }}" end), -- 8
    line(function() return rover.html { t = nil } "{{ if \z
      t == nil then }}{{ local a = 1\n\n }}\z
      {{ t.x }}{{ end }}" end), -- 11
    line(function() return rover.html { t = nil } "{{ t == nil and #'\\\
' == 1 and \z
      t.x }}" end), -- 14
    line(function() return rover.html { t = nil } [[
      {{ t == nil
      and [=[
      ]=] ~= "" and t.x }}]] end), -- 18
  }
  for i = 1, #found do found[i] = found[i] - first end
  return found
end

-- Pages that are the same always, and some that are not.
local about = rover.template "views/about.html"
function api.constant.get()
  return api.html { title = "<Tea>", list = { 1, 2.5 } } [[<h1>{{ title }}</h1>{{ for _, n in ipairs(list) do }}{{ n }};{{ end }}]]
end
function api.constant.file.get() return api.html(about {}):header("x-a", "b") end
function api.constant.value.get() return rover.html { x = 1 } [[<p>{{ x }}]] end
function api.constant.status.get() return api.html:status(404, {}) [[<p>None]] end
function api.constant.component.get() return api.html { x = 1 } [[{{ card { title = x } }}]] end
function api.constant.called.get() return api.html { x = 1 } [[{{ type(os.time()) }}]] end
function api.constant.looked.get(ctx) return api.html { x = ctx:query().x } [[{{ x }}]] end

local suspended -- rover: per-worker
function api.coroutines.get(ctx)
  suspended = coroutine.wrap(function()
    return rover.html { f = coroutine.yield } [[<a>{{ data.f(1) }}</a>{{ data.f(2) }}]]
  end)
  local first = suspended()
  local other = rover.html { x = "other" } [[<p>{{ x }}</p>]]
  local second = suspended("one")
  local third = suspended("two")
  return api.html { first = first, second = second, third = third, other = other } [[{{ first }}{{ second }}{{ third }}{{ other }}]]
end

function api.coroutines.kept.get(ctx)
  suspended = coroutine.wrap(function()
    return rover.html { f = coroutine.yield } [[<a>{{ data.f(1) }}</a>{{ data.f(2) }}]]
  end)
  suspended()
  return "kept"
end

function api.coroutines.resumed.get(ctx)
  return api.html { f = suspended } [[<p>{{ tostring(data.f("late")) }}</p>]]
end

return api
