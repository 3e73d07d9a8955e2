-- `rover.redis` while routes are collected: no server is asked then, and the compiler reads what the program gives.
--
-- `members` and `check` are of `handles.lua`, `methods` the names of the methods of what it gives. `wrong(url, options)`
-- gives what is wrong with those.
local members, check, methods, wrong = ...
local error, setmetatable, tostring = error, setmetatable, tostring

members = members("redis:", methods)
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
    local problem = wrong(url, check("rover.redis", "a server", url, options))
    if problem then error("rover.redis: " .. problem, 2) end
    return redis
  end
end
