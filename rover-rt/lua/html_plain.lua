-- Pages by Lua alone: what the reference form of a program prints. It is written from the
-- same rules as the Rust half, and shares nothing with it.
local R = ...
local native, printable, sides = R.native, R.printable, R.html_sides

local raise, type, tostring, format, ipairs = R.raise, type, tostring, string.format, ipairs
local byte, char, find, gsub, lower, sub = string.byte, string.char, string.find, string.gsub, string.lower, string.sub
local match, gmatch = string.match, string.gmatch
local concat = table.concat

local function references(text, special)
  return (gsub(text, special, function(c) return format("&#%d;", byte(c)) end))
end

local NAMED = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
local function named(text) return (gsub(text, "[&<>]", NAMED)) end
local function escape(text) return references(named(text), "[\"']") end

local place = {
  Text = escape, Rcdata = escape, Attribute = escape,
  Unquoted = function(text) return references(named(text), "[\"'=` \t\n\11\12\r]") end,
  Raw = function(text) return text end,
}

local function percent(text, kept)
  return (gsub(text, "[^%w%-._~" .. kept .. "]", function(c) return format("%%%02X", byte(c)) end))
end

local PATH = "/:@!$&*+;="
local SCHEMES = { http = true, https = true, mailto = true, tel = true }

local function whole(kept)
  return function(text)
    local scheme = match(text, "^([^:/?#]*):")
    if scheme and not SCHEMES[lower(scheme)] then return "#blocked" end
    -- Escapes that are there stay.
    local parts, from = {}, 1
    while true do
      local start = find(text, "%%%x%x", from)
      if not start then break end
      parts[#parts + 1] = percent(sub(text, from, start - 1), kept)
      parts[#parts + 1] = sub(text, start, start + 2)
      from = start + 3
    end
    return concat(parts) .. percent(sub(text, from), kept)
  end
end

-- The characters of a text that is taken for UTF-8.
local function characters(text) return gmatch(native.lossy(text), "[%z\1-\127\194-\244][\128-\191]*") end

local SHORT = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }
local LINES = { ["\226\128\168"] = "\\u2028", ["\226\128\169"] = "\\u2029" }

local function js_string(text)
  local out = {}
  for c in characters(text) do
    out[#out + 1] = SHORT[c] or LINES[c]
      or (find(c, "^[\"'`<>&/=%z\1-\31]$") and format("\\u%04x", byte(c))) or c
  end
  return concat(out)
end

local function js_json(text)
  local out = {}
  for c in characters(text) do
    out[#out + 1] = LINES[c] or (find(c, "^[<>&]$") and format("\\u%04x", byte(c))) or c
  end
  return concat(out)
end

local rule = {
  Url = whole(PATH .. ",?#%[%]"),
  Srcset = whole(PATH .. "?#%[%]"),
  UrlHead = function(text) return percent(text, "/@!$&*+;=") end,
  UrlPath = function(text) return percent(text, PATH) end,
  UrlQuery = function(text) return percent(text, "") end,
  CssValue = function(text)
    local fine = find(text, "^[%w\128-\255 #%%.,+_-]*$") and sub(text, 1, 2) ~= "--"
    return fine and native.lossy(text) == text and text or "blocked"
  end,
  CssString = function(text)
    local out = {}
    for c in characters(text) do
      if c == "\0" then c = "\239\191\189"
      elseif not find(c, "^[%w _.,\128-\255-]+$") then c = format("\\%x ", byte(c)) end
      out[#out + 1] = c
    end
    return concat(out)
  end,
  JsValue = function(text) return '"' .. js_string(text) .. '"' end,
  JsString = js_string,
}

local function print_text(text, r, p)
  if r == "Raw" then return text end
  if r == "Html" then return place[p](text) end
  return place[p](rule[r](text))
end

local function print_html(text, r, p)
  if r ~= "Html" then return print_text(text, r, p) end
  if p == "Text" or p == "Raw" then return text end
  if p == "Unquoted" then return place.Unquoted(text) end
  return references(gsub(text, "[<>]", NAMED), "[\"']")
end

local function print_value(value, r, p)
  local kind = type(value)
  local script = r == "JsValue"
  if value == nil then return script and "null" or "" end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then
    if not script then return print_text(R.number_text(value), r, p) end
    local _, text = native.json_encode(value)
    return text
  end
  if kind == "string" then return print_text(value, r, p) end
  local form, text = printable(value, script)
  if form == "safe" then return print_html(text, r, p) end
  if form == "string" then return print_text(text, r, p) end
  if form == "nil" then return print_value(nil, r, p) end
  if form == "json" then return place[p](js_json(text)) end
  raise(text)
end

sides.plain = {
  components = R.components,
  check = R.direct.check,
  open = function() return {} end,
  finish = concat,
  run = function(pieces, step) pieces[#pieces + 1] = (native.html_step(step)) end,
  put = function(pieces, step, value)
    local lead, r, p, tail = native.html_step(step)
    pieces[#pieces + 1] = lead .. print_value(value, r, p) .. tail
  end,
}
sides.direct.check = R.direct.check
