-- Contract section 11: an error that is a response ends the request with it.
local api = rover.server {}
local auth = require "lib.auth"
auth.setup(api)
local g = rover.guard

local function found(value) return assert(value, api.error(404, "No such thing")) end
local function deep(n) if n == 0 then error(api.text:status(418, "tea")) end return deep(n - 1) end

function api.me.get(ctx) return { user = auth.user(ctx) } end
function api.things.p_id.get(ctx)
  local id = tonumber(ctx:params().id)
  return { id = found(id) }
end

-- Every builder, and what is called on a response.
local made = {
  json = function() return api.json { a = 1 } end,
  json_status = function() return api.json:status(409, { a = { 1, 2 } }) end,
  text = function() return api.text "t" end,
  html = function() return api.html "<p>" end,
  page = function() return api.html { x = "<" } [[<b>{{ x }}</b>]] end,
  redirect = function() return api.redirect "/there" end,
  no_content = function() return api.no_content() end,
  bytes = function() return api.bytes("\0\255", "image/png") end,
  cookie = function() return api.text("c"):status(202):header("X-A", "1"):cookie("s", "v", { path = "/" }) end,
  error = function() return api.error(422, { field = "x" }) end,
}
function api.made.p_name.get(ctx) error(made[ctx:params().name]()) end

-- Every place.
local meta = setmetatable({}, {
  __index = function() error(api.error(410, "gone")) end,
  __add = function() error(api.error(410, "no sum")) end,
})
function rover.html.must(props)
  if not props.x then error(api.text:status(402, "pay")) end
  return props.x
end
local places = {
  level = function() error(api.error(401, "level"), 2) end,
  assert = function() assert(false, api.error(401, "assert")) end,
  deep = function() deep(50) end,
  index = function() return meta.x end,
  add = function() return meta + 1 end,
  wrap = function() return coroutine.wrap(deep)(2) end,
  inside = function() return coroutine.wrap(function() return coroutine.wrap(deep)(2) end)() end,
  sort = function() table.sort({ 2, 1, 3 }, function() error(api.error(409, "sorted")) end) end,
  gsub = function() return (("a"):gsub("a", function() error(api.error(409, "replaced")) end)) end,
  tostring = function() return tostring(setmetatable({}, { __tostring = function() error(api.error(409, "text")) end })) end,
  iterator = function() for _ in function() error(api.error(409, "next")) end do end end,
  load = function() local f = load("local r = ... error(r)") return f(api.error(409, "loaded")) end,
  resumed = function()
    local ok, raised = coroutine.resume(coroutine.create(function() error(api.error(409, "resumed")) end))
    return ok == false and raised
  end,
}
function api.places.p_name.get(ctx) return places[ctx:params().name]() end

-- What was begun is forgotten.
function api.list.get(ctx)
  local rows = {}
  for i = 1, 3 do rows[#rows + 1] = { id = i, left = found(i < tonumber(ctx:query().most)) } end
  return { rows = rows }
end
function api.page.get(ctx)
  return api.html { x = ctx:query().x } [[<p>begun {{ must { x = x } }}</p>]]
end
function api.written.get(ctx)
  return api.json { a = "begun", b = found(ctx:query().x) }
end

-- Caught, it is the same value, and may be raised again or returned.
function api.caught.get()
  local one = api.error(403, "one")
  local ok, raised = pcall(error, one)
  local handled = select(2, xpcall(function() error(one) end, function(e) return e == one end))
  return { ok = ok, same = raised == one, handled = handled }
end
function api.again.get()
  local ok, raised = pcall(function() error(api.error(403, "again")) end)
  if not ok then error(raised:header("X-Caught", "1"), 0) end
end
function api.returned.get()
  return select(2, pcall(error, api.error(403, "returned")))
end
function api.forgiven.get()
  pcall(error, api.error(403, "forgiven"))
  return "fine"
end

local BODY = g:object { n = g:integer():required() }
function api.checked.post(ctx)
  local body = ctx:body():expect(BODY)
  if body.n > 2 then error(api.json:status(409, { n = body.n })) end
  return body
end

-- What is no response is an error.
function api.builder.get() error(api.error) end
function api.safe.get() error(rover.html "<b>") end
function api.like.get() error { 401, 1, { error = "no" } } end
function api.not_json.get() error(api.json { f = print }) end

return api
