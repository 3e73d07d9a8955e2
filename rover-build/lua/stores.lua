-- `rover.shared` while routes are collected: nothing is kept then, and the compiler reads what the program gives.
--
-- `methods` are the names of a store's methods. `wrong(name, options)` gives what is wrong with the options.
local methods, wrong = ...
local error, type, setmetatable, tostring = error, type, setmetatable, tostring

local members = {}
for i = 1, #methods do
  local name = "store:" .. methods[i]
  members[methods[i]] = function() error(name .. " is called while the program loads: the build has no store", 2) end
end
local store = setmetatable({}, {
  __index = function(_, key)
    local method = members[key]
    if method then return method end
    error("unknown member of a store: '" .. tostring(key) .. "'", 2)
  end,
  __newindex = function(_, key) error("a store cannot be changed ('" .. tostring(key) .. "'): use set(key, value)", 2) end,
  __metatable = "rover.store",
})

return function(rover)
  function rover.shared(name, options)
    if type(name) ~= "string" or name == "" then
      error("rover.shared takes the name of a store, got " .. (name == "" and "an empty one" or "a " .. type(name)), 2)
    end
    if options ~= nil and type(options) ~= "table" then
      error("rover.shared takes a table of options, got a " .. type(options), 2)
    end
    local problem = wrong(name, options or {}, options ~= nil)
    if problem then error("rover.shared: " .. problem, 2) end
    return store
  end
end
