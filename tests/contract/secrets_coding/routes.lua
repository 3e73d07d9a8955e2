-- `rover.base64`, `rover.hex` and `rover.url`: the same while the program loads and in a request.
local api = rover.server {}
local base64, hex, url = rover.base64, rover.hex, rover.url

-- RFC 4648, section 10.
local VECTORS = {
  { "", "", "" }, { "f", "Zg==", "66" }, { "fo", "Zm8=", "666f" }, { "foo", "Zm9v", "666f6f" },
  { "foob", "Zm9vYg==", "666f6f62" }, { "fooba", "Zm9vYmE=", "666f6f6261" }, { "foobar", "Zm9vYmFy", "666f6f626172" },
}

local function wrong()
  local wrong = {}
  local function check(name, got, expected)
    if got ~= expected then wrong[#wrong + 1] = name .. ": " .. tostring(got) end
  end
  for i = 1, #VECTORS do
    local text, b, h = VECTORS[i][1], VECTORS[i][2], VECTORS[i][3]
    local bare = b:gsub("=", "")
    check("base64 of " .. text, base64.encode(text), b)
    check("base64 without padding of " .. text, base64.encode(text, { pad = false }), bare)
    check("base64 for URLs of " .. text, base64.encode(text, { url = true }), bare)
    check("base64 for URLs with padding of " .. text, base64.encode(text, { url = true, pad = true }), b)
    check("from " .. b, base64.decode(b), text)
    check("from " .. bare, base64.decode(bare), text)
    check("hex of " .. text, hex.encode(text), h)
    check("from " .. h, hex.decode(h:upper()), text)
  end
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  all = table.concat(all)
  check("base64 and back", base64.decode(base64.encode(all)), all)
  check("base64 for URLs and back", base64.decode(base64.encode(all, { url = true }), { url = true }), all)
  check("hex and back", hex.decode(hex.encode(all)), all)
  check("url and back", url.decode(url.encode(all)), all)
  check("a number", base64.encode(42), "NDI=")
  return wrong
end

local while_loading = wrong()

function api.vectors.get() return { wrong = rover.array(wrong()), while_loading = rover.array(while_loading) } end

function api.decode.p_form.get(ctx)
  local form = ctx:params().form
  local options = ctx:query().url and { url = true } or nil
  local bytes, message = rover[form].decode(ctx:query().text or "", options)
  return { bytes = bytes and hex.encode(bytes), message = message }
end

function api.url.get()
  return {
    encoded = url.encode("a b/c?d=ü&~_.-"),
    plus = url.decode "a+b%20c",
    query = url.query { q = "a b&c", page = 2, tag = { "x", "y" }, draft = false, [" "] = "" },
    empty = url.query {},
  }
end

-- A body is a text.
function api.body.post(ctx) return { hex.encode(ctx:body()), base64.encode(ctx:body(), { pad = false }) } end

local mistakes = {
  no_text = function() return (base64.encode(nil)) end,
  a_table = function() return (hex.decode {}) end,
  no_option = function() return (base64.encode("", { urlsafe = true })) end,
  option = function() return (base64.encode("", { url = 1 })) end,
  options = function() return (base64.decode("", "url")) end,
  query = function() return (url.query { a = function() end }) end,
  query_name = function() return (url.query { "a" }) end,
}
function api.mistakes.p_name.get(ctx)
  local ok, message = pcall(mistakes[ctx:params().name])
  return { message = message }
end

return api
