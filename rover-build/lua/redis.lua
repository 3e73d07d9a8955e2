-- `rover.redis` while routes are collected: no server is asked then, and the compiler reads what the program gives.
--
-- `members` and `check` are of `handles.lua`, `methods` the names of the methods of what it gives. `wrong(url, options)`
-- gives what is wrong with those.
local members, check, methods, wrong = ...
local error, type, setmetatable, tostring = error, type, setmetatable, tostring

members = members("redis:", methods)
function members.subscribe(self, channel, fn, options)
  if type(channel) ~= "string" or channel == "" then
    error("redis:subscribe takes the name of a channel, got " .. (channel == "" and "an empty text" or "a " .. type(channel)), 2)
  end
  if type(fn) ~= "function" then error("redis:subscribe takes a function, got a " .. type(fn), 2) end
  if options ~= nil and type(options) ~= "table" then
    error("redis:subscribe takes a table of options, got a " .. type(options), 2)
  end
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
    local problem = wrong(url, check("rover.redis", "a server", url, options))
    if problem then error("rover.redis: " .. problem, 2) end
    return redis
  end
end
