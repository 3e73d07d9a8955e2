local api = rover.server {}
function api.a.get(ctx)
  return api.html { x = 1 } [[
<div {{ x }}>a</div>
<{{ x }}>a</b>
<!-- {{ x }} -->
<a href="javascript:run({{ x }})">a</a>
<a href="{{ x }}://host">a</a>
<script>const a = `text ${1} {{ x }}`; const b = /{{ x }}/; // {{ x }}
</script>
<script type="text/template">{{ x }}</script>
<style>/* {{ x }} */</style>
<meta http-equiv="refresh" content="0; url={{ x }}">
<iframe srcdoc="{{ x }}"></iframe>
]]
end
function api.b.get(ctx)
  return api.html { x = 1 } [[
<p>{{ if x then }}<a href="{{ else }}<a title="{{ end }}{{ x }}">a</a></p>
<p class={{ if x then }}a{{ end }}>a</p>
<script>{{ for i = 1, 2 do }}"{{ end }}</script>
{{ if x then }}<!-- {{ end }} -->
]]
end
function api.c.get(ctx)
  return api.html { x = 1 } [[<a title="{{ x }}>a</a>]]
end
return api
