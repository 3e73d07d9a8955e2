-- What would end the place where it is printed, in each place: the bytes that are sent.
-- `tests/tests/browser.rs` asks a browser what it makes of such.
local api = rover.server {}

local ATTACKS = {
  "<script>alert(1)</script>",
  "\"><img src=x onerror=alert(1)>",
  "' onmouseover='alert(1)",
  "x onfocus=alert(1) `=",
  "javascript:alert(1)",
  "\tJaVa\nScRiPt:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "//example.org/?a=b&c=\"d\"#<e>",
  "</script><!--<script>",
  "\\\");alert(1)//",
  "</style></title></textarea>",
  "red;background:url(javascript:alert(1))}",
  "expression(alert(1))",
  "&lt;&#60;%3C",
  "${alert(1)}`{{ x }}",
  "\226\128\168\226\128\169\0\195\169",
}

function api.inner.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p>{{ x }}</p>
{{ end }}]] end
function api.double.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p title="{{ x }}">
{{ end }}]] end
function api.single.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p title='{{ x }}'>
{{ end }}]] end
function api.unquoted.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p title=a{{ x }}>
{{ end }}]] end
function api.bare.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p title={{ x }}>
{{ end }}]] end
function api.url.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<a href="{{ x }}">
{{ end }}]] end
function api.path.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<a href="/a/{{ x }}">
{{ end }}]] end
function api.query.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<a href="/?q={{ x }}">
{{ end }}]] end
function api.script.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<script>f({{ x }})</script>
{{ end }}]] end
function api.script.string.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<script>f("{{ x }}", '{{ x }}')</script>
{{ end }}]] end
function api.handler.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p onclick="f({{ x }}, '{{ x }}')">
{{ end }}]] end
function api.style.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p style="color: {{ x }}">
{{ end }}]] end
function api.style.string.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<style>a { content: "{{ x }}" }</style>
{{ end }}]] end
function api.style.url.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<p style="background: url({{ x }})">
{{ end }}]] end
function api.title.get() return api.html { list = ATTACKS } [[{{ for _, x in ipairs(list) do }}<textarea>{{ x }}</textarea>
{{ end }}]] end

return api
