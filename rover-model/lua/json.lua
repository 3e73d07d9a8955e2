-- `rover.json` and `rover.array`, in the compiler's VM and in the workers'. `encode(value)`
-- and `decode(text)` give true and the result, or false and what is wrong; `Array` is the
-- metatable of arrays. `raise(text)` raises an error with the program's line.
local encode, decode, Array, raise = ...
local type, setmetatable, getmetatable = type, setmetatable, getmetatable

Array.__metatable = "rover.array"

local function array(t)
  if t ~= nil and type(t) ~= "table" then raise("rover.array takes a table") end
  if getmetatable(t) == Array.__metatable then return t end
  return setmetatable(t or {}, Array)
end

local json = {}

function json.encode(value)
  local ok, text = encode(value)
  if not ok then raise("rover.json.encode: " .. text) end
  return text
end

function json.decode(text)
  if type(text) ~= "string" then
    raise("rover.json.decode takes a string, got " .. type(text))
  end
  local ok, value = decode(text)
  if not ok then raise("Malformed JSON: " .. value) end
  return value
end

return { json = json, array = array }
