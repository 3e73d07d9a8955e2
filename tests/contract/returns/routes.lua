-- Contract section 5.
local api = rover.server {}

-- Not seen by the compiler, which refuses them.
local function unseen(value) return value end

local ways = {
  table = function() return { a = 1 } end,
  string = function() return "text \0\255" end,
  empty = function() return "" end,
  number = function() return 1.5 end,
  integer = function() return 3 end,
  boolean = function() return false end,
  none = function() end,
  null = function() return nil end,
  ["function"] = function() return ({ function() end })[1] end,
  thread = function() return coroutine.create(function() end) end,
  json = function() return api.json { b = 2 } end,
  json_colon = function() return api:json { b = 2 } end,
  json_string = function() return api.json("x") end,
  json_nil = function() return api.json(rover.null) end,
  json_status = function() return api.json:status(201, { b = 2 }) end,
  json_status_dot = function() return api.json.status(201, { b = 2 }) end,
  text = function() return api.text("<b>") end,
  text_colon = function() return api:text("t") end,
  text_number = function() return api.text(12) end,
  text_status = function() return api.text:status(418, "tea") end,
  html = function() return api.html("<p>é</p>") end,
  html_status = function() return api.html:status(500, "<p>") end,
  redirect = function() return api.redirect("/there") end,
  permanent = function() return api.redirect:permanent("/there") end,
  redirect_status = function() return api.redirect:status(307, "/there?a=b") end,
  error = function() return api.error(404, "No such book") end,
  error_colon = function() return api:error(409, "Taken") end,
  no_content = function() return api.no_content() end,
  bytes = function() return api.bytes("\1\2\255") end,
  bytes_type = function() return api.bytes("\137PNG", "image/png") end,
  header = function() return api.text("x"):header("X-A", "1"):header("x-a", "2") end,
  header_type = function() return api.text("a,b"):header("Content-Type", "text/csv") end,
  status = function() return api.json({}):status(202) end,
  cookie = function()
    return api.text("x"):cookie("s", "v1", {
      path = "/", domain = "example.org", max_age = 60, secure = true, http_only = true, same_site = "lax",
    })
  end,
  cookies = function() return api.no_content():cookie("a", "1"):cookie("b", "2") end,
  bad_status = function() return api.json:status(unseen(600), {}) end,
  low_status = function() return api.text("x"):status(unseen(199)) end,
  half_status = function() return api.text("x"):status(unseen(200.5)) end,
  bad_header = function() return api.text("x"):header("x-a", "1\r\nx-b: 2") end,
  nul_header = function() return api.text("x"):header("x-a", "1\0") end,
  bad_name = function() return api.text("x"):header("x a", "1") end,
  bad_location = function() return api.redirect("/a\r\nx-b: 2") end,
  bad_cookie = function() return api.text("x"):cookie("a", "1; path=/x", { raw = true }) end,
  not_modified = function() return api.text("never"):status(304) end,
  reset = function() return api.text("never"):status(205) end,
  reset_json = function() return api.json:status(205, { a = 1 }) end,
  null_value = function() return rover.null end,
  early = function() return api.text("never"):status(204) end,
}
for name, handler in pairs(ways) do api.r[name].get = handler end

return api
