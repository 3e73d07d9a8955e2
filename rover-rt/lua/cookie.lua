-- The text of `Set-Cookie` (RFC 6265, section 4.1).
local R = ...
local shown, number_text, body_metatable = R.shown, R.number_text, R.Body.__metatable

local type, tostring, pairs, ipairs, getmetatable = type, tostring, pairs, ipairs, getmetatable
local byte, char, find, format, gsub, lower = string.byte, string.char, string.find, string.format, string.gsub, string.lower
local concat, floor, date = table.concat, math.floor, os.date

-- What a value may hold (section 4.1.1), without the percent sign, which begins an escape.
local ESCAPED = {}
for code = 0, 255 do ESCAPED[char(code)] = format("%%%02X", code) end
local function encoded(value) return (gsub(value, "[^!#$&-+%-%./0-9:<-Z%[%]^-~]", ESCAPED)) end
local function is_raw(value)
  return not find(gsub(value, '^"(.*)"$', "%1"), "[^!#$%%&-+%-%./0-9:<-Z%[%]^-~]")
end

local function text_of(value)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return number_text(value) end
  if kind == "boolean" or getmetatable(value) == body_metatable then return tostring(value) end
end

-- RFC 9110, section 5.6.7, up to the year 9999.
local function http_date(value)
  if type(value) == "number" and value >= 0 and value <= 253402300799 then
    return date("!%a, %d %b %Y %H:%M:%S GMT", floor(value))
  end
  local form = "^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$"
  return type(value) == "string" and find(value, form) and value or nil
end

local SAME_SITE = { strict = "Strict", lax = "Lax", none = "None" }

-- Each gives an attribute's text, or nil and what the option must be.
local function plain_text(label)
  return function(value)
    if type(value) ~= "string" or find(value, "[%c;]") then
      return nil, "a text without control characters and semicolons"
    end
    return label .. "=" .. value
  end
end
local function flag(label)
  return function(value)
    if type(value) ~= "boolean" then return nil, "true or false" end
    return value and label or ""
  end
end
local ATTRIBUTES = {
  { "path", plain_text "Path" },
  { "domain", plain_text "Domain" },
  { "max_age", function(value)
    if type(value) == "string" and find(value, "^%-?%d+$") then return "Max-Age=" .. value end
    if type(value) ~= "number" or value ~= floor(value) or value < -2 ^ 53 or value > 2 ^ 53 then
      return nil, "an integer of seconds"
    end
    return "Max-Age=" .. number_text(value)
  end },
  { "expires", function(value)
    local text = http_date(value)
    if not text then return nil, "Unix seconds or a date like 'Wed, 21 Oct 2026 07:28:00 GMT'" end
    return "Expires=" .. text
  end },
  { "secure", flag "Secure" },
  { "http_only", flag "HttpOnly" },
  { "same_site", function(value)
    local text = type(value) == "string" and SAME_SITE[lower(value)]
    if not text then return nil, "strict, lax or none" end
    return "SameSite=" .. text
  end },
  { "partitioned", flag "Partitioned" },
  { "raw", flag "" },
}

-- The names of the options, and these without underscores.
local known, plain, names = {}, {}, {}
for i, attribute in ipairs(ATTRIBUTES) do
  local name = attribute[1]
  known[name], plain[gsub(name, "_", "")], names[i] = true, name, name
end

-- `httponly`, `Max-Age`, `sameSite`: what other servers call them.
local function unknown(key)
  local near = type(key) == "string" and plain[gsub(lower(key), "[_%-%s]", "")]
  local hint = near and "did you mean `" .. near .. "`?" or "there is: " .. concat(names, ", ")
  return "there is no cookie option " .. shown(key) .. ": " .. hint
end

-- What browsers do not take (RFC 6265bis, section 4.1.3; CHIPS).
local function rejected(name, options)
  local prefix = lower(name)
  if find(prefix, "^__host%-") then
    if not options.secure or options.path ~= "/" or options.domain ~= nil then
      return "a cookie whose name begins with `__Host-` has secure = true, path = \"/\" and no domain"
    end
  elseif find(prefix, "^__secure%-") and not options.secure then
    return "a cookie whose name begins with `__Secure-` has secure = true"
  end
  if options.partitioned and not options.secure then return "a partitioned cookie has secure = true" end
end

-- Gives the text, or nil and what is wrong.
function R.cookie(name, value, options)
  if type(name) ~= "string" or not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    return nil, shown(name) .. " is not a cookie name"
  end
  local text = text_of(value)
  if not text then return nil, "the value of cookie '" .. name .. "' is a " .. type(value) .. ", not a text" end
  if options == nil then options = {} end
  if type(options) ~= "table" then return nil, "the options of a cookie are a table, got " .. shown(options) end
  for key in pairs(options) do
    if not known[key] then return nil, unknown(key) end
  end
  if not options.raw then text = encoded(text)
  elseif not is_raw(text) then
    return nil, "the value of cookie '" .. name .. "' has a character that a raw cookie cannot carry"
  end
  local parts = { name .. "=" .. text }
  for _, attribute in ipairs(ATTRIBUTES) do
    local given = options[attribute[1]]
    if given ~= nil then
      local written, expected = attribute[2](given)
      if not written then return nil, "cookie option '" .. attribute[1] .. "' is " .. expected .. ", got " .. shown(given) end
      if written ~= "" then parts[#parts + 1] = written end
    end
  end
  local problem = rejected(name, options)
  if problem then return nil, problem end
  return concat(parts, "; ")
end
