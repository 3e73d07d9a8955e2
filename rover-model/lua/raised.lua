-- What is said of an error value that is no string: in the log, in the build and at the start.
-- `encode(value)` gives the value's JSON, or raises an error.
local encode, null = ...
local type, tostring, getmetatable = type, tostring, getmetatable
local pcall, xpcall, error, pairs = pcall, xpcall, error, pairs
local sub, find, sort, concat = string.sub, string.find, table.sort, table.concat
local getinfo = debug.getinfo

local LONGEST = 500
local MOST_FIELDS = 100
local SCALAR = { string = true, number = true, boolean = true }

local M = {}

local function shortened(text)
  return #text > LONGEST and sub(text, 1, LONGEST) .. "..." or text
end

-- Of a table that has no JSON: fields that can be written. Nothing looks at the clock here, so
-- that a large table is not walked to its end.
local function fields(t)
  local parts, seen = {}, 0
  for key, value in pairs(t) do
    seen = seen + 1
    if seen > MOST_FIELDS then break end
    if type(key) == "string" and SCALAR[type(value)] then
      parts[#parts + 1] = key .. " = " .. tostring(value)
    end
  end
  sort(parts)
  return concat(parts, ", ")
end

local function content(t)
  local ok, text = pcall(encode, t)
  if not ok then text = fields(t) end
  return text ~= "" and ": " .. shortened(text) or ""
end

--- A text for an error value. `tostring` may call a function of the program's.
function M.described(value)
  local kind = type(value)
  if kind == "string" then return value end
  if getmetatable(value) == "rover.response" then
    return "an answer was thrown where no request is answered: only handlers, and what they call, may throw one"
  end
  if kind == "table" then
    local ok, text = pcall(tostring, value)
    if not ok then
      local reason = type(text) == "string" and ": " .. text or ""
      return "a table was raised whose `__tostring` fails" .. shortened(reason)
    end
    if not find(text, "^table: 0x") then return text end
    return "a table was raised" .. content(value)
  end
  if value == null then return "rover.null was raised" end
  if kind == "nil" or kind == "boolean" then return tostring(value) .. " was raised" end
  return "a " .. kind .. " was raised"
end

-- The line of the innermost function of the program's.
local function place()
  local level = 3
  local info = getinfo(level, "Sl")
  while info and (info.source == "=rover" or (info.currentline or -1) < 1) do
    level = level + 1
    info = getinfo(level, "Sl")
  end
  return info and sub(info.source, 2) .. ":" .. info.currentline .. ": " or ""
end

-- Errors of Rust functions stay what they are.
local function located(value)
  if type(value) == "string" or (type(value) == "userdata" and value ~= null) then return value end
  return place() .. M.described(value)
end

--- Runs a chunk; what it raises becomes a text with the line.
function M.run(chunk)
  local ok, result = xpcall(chunk, located)
  if not ok then error(result, 0) end
  return result
end

return M
