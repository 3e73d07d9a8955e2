-- `rover.json` and `rover.array`, in the compiler's VM and in the workers'. `encode(value)`
-- and `decode(text)` give true and the result, or false and what is wrong; `Array` is the
-- metatable of arrays.
local encode, decode, Array = ...
local error, type, setmetatable, getmetatable = error, type, setmetatable, getmetatable

Array.__metatable = "rover.array"

local function array(t)
  if t ~= nil and type(t) ~= "table" then error("rover.array takes a table", 2) end
  if getmetatable(t) == Array.__metatable then return t end
  return setmetatable(t or {}, Array)
end

local json = {}

function json.encode(value)
  local ok, text = encode(value)
  if not ok then error("rover.json.encode: " .. text, 2) end
  return text
end

function json.decode(text)
  if type(text) ~= "string" then
    error("rover.json.decode takes a string, got " .. type(text), 2)
  end
  local ok, value = decode(text)
  if not ok then error("Malformed JSON: " .. value, 2) end
  return value
end

return { json = json, array = array }
