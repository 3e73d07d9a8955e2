-- Components: what a template prints of them goes into its page as it is rendered.
local api = rover.server {}
local html = rover.html

function rover.html.card(props)
  return rover.html(props) [[<section>{{ title }}{{ body }}</section>]]
end
function html.tree(node)
  if not node then return end
  return rover.html { node = node } [[<li>{{ node.name }}{{ if node.left then }}<ul>{{ tree(node.left) }}{{ tree(node.right) }}</ul>{{ end }}</li>]]
end
function rover.html.any(...)
  local first, second = ...
  if first == "text" then return "<" .. first end
  if first == "number" then return 1.5, "more" end
  if first == "value" then return rover.html.card { title = second } end
  return rover.html { n = select("#", ...), first = first } [[{{ n }}:{{ first }}]]
end
function rover.html.broken(props)
  return rover.html(props) [[<i>half{{ title }}{{ title.x.y }}</i>]]
end
function rover.html.caught(props)
  local ok, result = pcall(function() return rover.html(props) [[<i>half{{ title.x.y }}</i>]] end)
  if ok then return result end
  return rover.html { message = result:gsub("^.-: ", "") } [[<u>{{ message }}</u>]]
end
function rover.html.none() return rover.html { x = 1 } [[none{{ x }}]] end
function rover.html.other(props) return rover.html(props) [[the first]] end
rover.html.literal = function(props) return rover.html(props) [[literal {{ title }}]] end
rover.html.file = rover.template "part.html"

function api.page.get(ctx)
  return api.html { x = ctx:query().x } [[
<main>{{ card { title = x, body = card { title = "inner" } } }}-{{ card({ title = x }) }}</main>
<p title="{{ card { title = x } }}">{{ #card { title = "" } }}</p>{{{ card { title = x } }}}
<script>s = {{ card { title = x } }};</script>
{{ any("a", x) }} {{ any "text" }} {{ any("number") }} {{ any("value", x) }} {{ any() }} {{ none() }} {{ literal { title = x } }} {{ file { title = x } }}]]
end

function api.tree.get()
  local root = { name = "a", left = { name = "b", left = { name = "c" } }, right = { name = "<d>" } }
  return api.html { root = root } [[<ul>{{ tree(root) }}</ul>]]
end

-- Called by the program, it gives a value.
function api.value.get()
  local value = rover.html.card { title = "<" }
  return { once = value, again = "[" .. value .. "]", extra = rover.html.card({ title = 1 }, 7, 8), none = rover.html.tree() }
end

-- An error leaves no half of a page.
function api.broken.get()
  local ok, message = pcall(function() return rover.html { t = "x" } [[<main>begun {{ broken { title = t } }}</main>]] end)
  return api.html { ok = ok, message = message } [[{{ ok }} {{ message }} {{ card { title = "after" } }}]]
end
function api.broken.whole.get() return api.html { t = "x" } [[<main>begun {{ broken { title = t } }}</main>]] end
function api.caught.get() return api.html { t = "x" } [[<main>{{ caught { title = t } }}</main>]] end
function api.wrong.get()
  local function tried(f) return (select(2, pcall(f)):gsub("^.-:%d+: ", "")) end
  return {
    tried(function() return rover.html { x = 1 } [[{{ file(x) }}]] end),
    tried(function() return rover.html { x = 1 } [[{{ card(x) }}]] end),
    tried(function() return rover.html { x = {} } [[{{ card { title = x } }}]] end),
  }
end

-- A component that becomes another one, which no request can do.
function api.other.get(ctx)
  if ctx:query().swap then rover.html.other = function() return "by a request" end end
  return api.html { x = 1 } [[{{ other { x = x } }}]]
end
local function swap(t) t.other = function(a, b) return "<swapped " .. tostring(b) end end
swap(rover.html)

return api
