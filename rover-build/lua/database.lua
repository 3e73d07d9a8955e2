-- `rover.db` while routes are collected: no database is asked then, and the compiler reads what the program gives.
--
-- `members` and `check` are of `handles.lua`, `methods` the names of a database's methods. `note(url, options, file, line)`
-- keeps what is given, and gives what is wrong with it.
local members, check, methods, note, getinfo = ...
local error, setmetatable, tostring = error, setmetatable, tostring

members = members("db:", methods)
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
    local wrong = note(url, check("rover.db", "a database", url, options), place())
    if wrong then error("rover.db: " .. wrong, 2) end
    return database
  end
end
