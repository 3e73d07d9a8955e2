local html = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

function html.escape(value) return (tostring(value):gsub("[&<>\"']", ENTITIES)) end

function html.page(title, body)
  return ([[<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%s</title>
<style>body { font: 1rem/1.5 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }</style>
<h1>%s</h1>
%s
]]):format(html.escape(title), html.escape(title), body)
end

return html
