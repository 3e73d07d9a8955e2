-- Templates at run time: a text becomes Lua source, the source a function, the function's
-- pieces a page.
local runtime = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&#34;", ["'"] = "&#39;" }

local function escape(value)
  return (tostring(value):gsub("[&<>\"']", ENTITIES))
end

local function source(text)
  local code, from = { "local _out, _escape, _n = {}, _escape, 0\n" }, 1
  local function literal(piece)
    if piece ~= "" then code[#code + 1] = ("_n = _n + 1; _out[_n] = %q\n"):format(piece) end
  end
  for start, mark, inside, stop in text:gmatch "()<%%([=-]?)%s*(.-)%s*%%>()" do
    literal(text:sub(from, start - 1))
    if mark == "=" then code[#code + 1] = ("_n = _n + 1; _out[_n] = _escape(%s)\n"):format(inside)
    elseif mark == "-" then code[#code + 1] = ("_n = _n + 1; _out[_n] = tostring(%s)\n"):format(inside)
    else code[#code + 1] = inside .. "\n" end
    from = stop
  end
  literal(text:sub(from))
  code[#code + 1] = "return table.concat(_out)"
  return table.concat(code)
end

function runtime.render(text, data)
  local page = assert(loadstring(source(text), "=template"))
  data._escape = escape
  return setfenv(page, setmetatable(data, { __index = _G }))()
end

return runtime
