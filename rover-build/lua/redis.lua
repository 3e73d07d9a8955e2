-- `rover.redis` while routes are collected: no server is asked then, and the compiler reads what the program gives.
--
-- `methods` are the names of the methods of what it gives. `wrong(url, options)` gives what is wrong with those.
local methods, wrong = ...
local error, type, setmetatable, tostring = error, type, setmetatable, tostring

local members = {}
for i = 1, #methods do
  local name = "redis:" .. methods[i]
  members[methods[i]] = function() error(name .. " waits, which nothing can while the program loads", 2) end
end
local redis = setmetatable({}, {
  __index = function(_, key)
    local method = members[key]
    if method then return method end
    error("unknown member of what rover.redis gives: '" .. tostring(key) .. "'", 2)
  end,
  __newindex = function(_, key) error("what rover.redis gives cannot be changed ('" .. tostring(key) .. "')", 2) end,
  __metatable = "rover.redis",
})

return function(rover)
  function rover.redis(url, options)
    if options ~= nil and type(options) ~= "table" then
      error("rover.redis takes a table of options, got a " .. type(options), 2)
    end
    if url ~= nil and type(url) ~= "string" then
      error("rover.redis takes the address of a server, got a " .. type(url), 2)
    end
    local problem = wrong(url, options or {})
    if problem then error("rover.redis: " .. problem, 2) end
    return redis
  end
end
