-- Templates: the values that they give, and the objects that the compiler puts in place of
-- their texts.
local R = ...
local native, load_page = R.native, R.load_page
local ffi = require "ffi"

local raise, type, tostring, format, gsub = R.raise, type, tostring, string.format, string.gsub
local setmetatable, getmetatable = setmetatable, getmetatable
local json_encode, take, null = native.json_encode, native.html_take, native.null

-- Text that is HTML already: [1] the text.
local Html = { __metatable = "rover.html" }
function Html.__tostring(html) return html[1] end
function Html.__len(html) return #html[1] end

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&#34;", ["'"] = "&#39;" }

-- The text of one side of `..`: what is not HTML is escaped.
local function side(value)
  local kind = type(value)
  if getmetatable(value) == "rover.html" then return value[1] end
  if kind == "string" or kind == "number" then return (gsub(tostring(value), "[&<>\"']", ESCAPES)) end
  raise("attempt to concatenate HTML and a " .. kind .. " value")
end

function Html.__concat(a, b) return setmetatable({ side(a) .. side(b) }, Html) end

-- `rover.html(text) [[...]]`
local TAKES = "a template takes a table of data, got "
local NO_DATA = TAKES .. "a text"
function Html.__call() raise(NO_DATA) end

-- What chunks of templates get: `direct` writes through the FFI, `plain` by Lua alone.
-- `components` are the fields of `rover.html`. `parts` are the same for templates that print
-- what they return: they take the page's buffer first, and may write into it. Then they
-- return WRITTEN.
local components, parts, WRITTEN = {}, {}, {}
local sides = {}
R.html_sides = sides

-- A template. Its parts stand where no program can change them: [1] the function that
-- renders it, [2] its side.
local Template = { __metatable = "rover.template" }
local made = setmetatable({}, { __mode = "k" })

local renders = setmetatable({}, { __index = function(t, number)
  local render, of = load_page(number)(sides)
  t[number] = render
  return render, of
end })

local objects = setmetatable({}, { __index = function(t, number)
  local render, of = load_page(number)(sides)
  local object = setmetatable({}, Template)
  made[object] = { render, of }
  t[number] = object
  return object
end })

local function rendered(template, data)
  if made[template] == nil then
    local what = type(template) == "string" and "the compiler did not see this template: it must be a constant string"
      or "a template is expected, got " .. type(template)
    raise(what .. ", after the data of the server's own `html` or of `rover.html`")
  end
  local parts_of = made[template]
  local of = parts_of[2]
  return of.finish(parts_of[1](of.open(), data))
end

-- What is given as data must be a table of a program's own.
local function data(what, text)
  return function(value)
    local kind, meta = type(value), getmetatable(value)
    local is_text = kind == "string" or kind == text or meta == "rover.html" or meta == "rover.body"
    if kind == "table" and not is_text then return value end
    raise(is_text and NO_DATA or what .. ", got " .. kind)
  end
end

local template_data = data "a template takes a table of data"
function Template.__call(self, value)
  return setmetatable({ rendered(self, template_data(value)) }, Html)
end

-- `rover.html(data) [[...]]`, `rover.html(text)`; its fields are the components.
local function html(_, value)
  if type(value) == "table" then
    local meta = getmetatable(value)
    if meta == "rover.html" then return value end
    if meta == "rover.body" then return setmetatable({ tostring(value) }, Html) end
    return function(template) return setmetatable({ rendered(template, value) }, Html) end
  end
  if type(value) ~= "string" then raise("rover.html takes data or a string, got " .. type(value)) end
  return setmetatable({ value }, Html)
end

local function component(_, name, value)
  if R.is_loaded then raise("components can only be defined while the program loads") end
  components[name] = value
  local kind = type(value)
  if made[value] then
    parts[name] = function(buffer, data)
      made[value][1](buffer, template_data(data))
      return WRITTEN
    end
  elseif kind == "function" or kind == "table" then
    parts[name] = function(_, ...) return value(...) end
  else parts[name] = value end
end

R.components = components
R.html = setmetatable({}, {
  __call = html, __index = components, __newindex = component, __metatable = "rover.components",
})
R.Html, R.NO_DATA = Html, NO_DATA
R.rendered = rendered
R.renders, R.objects = renders, objects

-- What can be printed besides strings, numbers and booleans: HTML, JSON in scripts, and what
-- has a text.
function R.printable(value, script)
  local meta = getmetatable(value)
  if meta == "rover.html" then return "safe", value[1] end
  if value == null then return "nil" end
  if meta == "rover.body" or type(meta) == "table" and meta.__tostring then
    return "string", tostring(value)
  end
  if type(value) == "table" and script then
    local ok, text = json_encode(value)
    if ok then return "json", text end
    return "error", text
  end
  return "error", format("a %s cannot be printed%s", type(value),
    type(value) == "table" and not script and " here: print its fields" or "")
end

-- The specialised side.
local vm = ffi.cast("void *", R.written.vm)
local function c(name)
  name = "html_" .. name
  return ffi.cast(R.written.declarations[name], R.written[name])
end
local open = c("open")
local run = c("run")
local put_string = c("string")
local put_number = c("number")
local put_boolean = c("boolean")
local put_nil = c("nil")
local put_safe = c("safe")
local put_tail = c("tail")
local put_json = c("json")
local is_script = c("is_script")
local page = c("page")
local printable, done = R.printable, R.written.done

local function put_other(buffer, step, value)
  local kind, text = printable(value, is_script(vm, step))
  if kind == "safe" then put_safe(vm, buffer, step, text, #text)
  elseif kind == "string" then put_string(vm, buffer, step, text, #text)
  elseif kind == "json" then put_json(vm, buffer, step, text, #text)
  elseif kind == "nil" then put_nil(vm, buffer, step)
  else raise(text) end
end

sides.direct = {
  components = components,
  parts = parts,
  open = function() return open(vm) end,
  finish = take,
  run = function(buffer, step) run(vm, buffer, step) end,
  put = function(buffer, step, value)
    local kind = type(value)
    if kind == "string" then put_string(vm, buffer, step, value, #value)
    elseif kind == "number" then
      if put_number(vm, buffer, step, value) then return end
      local text = tostring(value)
      put_string(vm, buffer, step, text, #text)
    elseif value == nil then put_nil(vm, buffer, step)
    elseif kind == "boolean" then put_boolean(vm, buffer, step, value)
    else put_other(buffer, step, value) end
  end,
}
local put = sides.direct.put
-- What a component has returned: the text before it is written already.
function sides.direct.part(buffer, step, value)
  if value == WRITTEN then put_tail(vm, buffer, step) else put(buffer, step, value) end
end

local direct = R.direct
direct.data = data "rover.html takes data or a string"
direct.template_data = template_data
direct.page_data = data("html takes a string", "number")
direct.open = sides.direct.open
direct.renders = renders
function direct.template(number) return objects[number] end
function direct.value(buffer) return setmetatable({ take(buffer) }, Html) end
-- What a component returns that was given a page's buffer, or none.
function direct.into(page, buffer)
  if page then return WRITTEN end
  return setmetatable({ take(buffer) }, Html)
end
-- Components that take a buffer are defined here.
direct.component = setmetatable({}, { __newindex = function(_, name, part)
  components[name], parts[name] = function(...) return part(nil, ...) end, part
end })
function direct.page(status, buffer)
  if page(vm, status, buffer) then return done end
  raise("a page was rendered after its request ended")
end
