-- `rover.db` while routes are collected: no database is asked then, and the compiler reads what the program gives.
--
-- `methods` are the names of a database's methods. `note(url, options, file, line)` keeps what is given, and gives
-- what is wrong with it.
local methods, note, getinfo = ...
local error, type, setmetatable, tostring = error, type, setmetatable, tostring

local members = {}
for i = 1, #methods do
  local name = "db:" .. methods[i]
  members[methods[i]] = function() error(name .. " waits, which nothing can while the program loads", 2) end
end
local database = setmetatable({}, { __index = function(_, key)
  local method = members[key]
  if method then return method end
  error("unknown member of a database: '" .. tostring(key) .. "'", 2)
end, __metatable = "rover.database" })

-- Where the program calls. A function that ends with the call (`return rover.db(url)`) has left no line: then it is
-- where that function was called.
local function place()
  local level = 3
  local info = getinfo(level, "Sl")
  while info and (info.currentline < 1 or info.source == "=rover") do
    level = level + 1
    info = getinfo(level, "Sl")
  end
  return info and info.source or "", info and info.currentline or 1
end

return function(rover)
  function rover.db(url, options)
    if options ~= nil and type(options) ~= "table" then
      error("rover.db takes a table of options, got a " .. type(options), 2)
    end
    if url ~= nil and type(url) ~= "string" then
      error("rover.db takes the address of a database, got a " .. type(url), 2)
    end
    local wrong = note(url, options or {}, place())
    if wrong then error("rover.db: " .. wrong, 2) end
    return database
  end
end
