-- Contract section 5: cookies of a response, and what comes back.
local api = rover.server {}

local values = {
  text = "Saved it!", percent = "100%, 50%25", accents = "é; ü", line = "a\r\nx-b: 1", quotes = '"q"',
  token = "abc.DEF-123_~=/+", number = 123456789012345, yes = true, empty = "",
}
function api.set.p_name.get(ctx)
  return api.no_content():cookie("v", values[ctx:params().name])
end
function api.raw.p_name.get(ctx)
  return api.no_content():cookie("v", values[ctx:params().name], { raw = true })
end
-- Each way to read one.
function api.read.get(ctx)
  return { v = ctx:cookies().v, w = ctx:cookies().w, header = ctx:headers().cookie }
end
function api.table.get(ctx)
  local all = ctx:cookies()
  local names = {}
  for name, value in pairs(all) do names[#names + 1] = name .. "=" .. value end
  table.sort(names)
  return { all = names, lines = ctx:header_all("Cookie") }
end
function api.page.get(ctx) return api.html { v = ctx:cookies().v } [[<p>{{ v }}</p>]] end

local options = {
  seconds = { expires = 0 }, later = { expires = 1792567680.5 }, date = { expires = "Wed, 21 Oct 2026 07:28:00 GMT" },
  no_date = { expires = "tomorrow" }, no_number = { expires = 0 / 0 }, httponly = { httponly = true },
  sameSite = { sameSite = "lax" }, none = { priority = "high" }, age = { max_age = 1e15 }, half_age = { max_age = 1.5 },
  text_age = { max_age = "60" }, site = { same_site = "sometimes" }, secure = { secure = "yes" },
  off = { secure = false, http_only = false }, partitioned = { partitioned = true, secure = true },
  partitioned_open = { partitioned = true }, domain = { domain = "a; b" }, item = { "path" },
}
function api.option.p_name.get(ctx)
  return api.no_content():cookie("v", "1", options[ctx:params().name])
end
local function named(name, given) return function() return api.no_content():cookie(name, "1", given) end end
api.prefix.host.get = named("__Host-a", { path = "/", secure = true })
api.prefix.host_domain.get = named("__Host-a", { path = "/", secure = true, domain = "example.org" })
api.prefix.host_open.get = named("__host-a", { path = "/" })
api.prefix.secure.get = named("__Secure-a", { secure = true })
api.prefix.secure_open.get = named("__Secure-a")
api.prefix.no_table.get = named("a", "path=/")

function api.on_error(_, err) return api.text(tostring(err)) end

return api
