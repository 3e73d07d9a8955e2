-- `rover.shared` and `rover.cache` while routes are collected: nothing is kept then, and the compiler reads what the
-- program gives.
--
-- For each word, `words` has its name, and of what it gives what that is called and its methods: `true` for one that
-- waits. `wrong(word, name, options, are_given)` gives what is wrong with the options.
local words, wrong = ...
local error, type, setmetatable, tostring, pairs = error, type, setmetatable, tostring, pairs

local function object(what, methods)
  local members = {}
  for name, waits in pairs(methods) do
    local method = what .. ":" .. name
    local problem = waits and " waits, which nothing can while the program loads"
      or " is called while the program loads: the build has no " .. what
    members[name] = function() error(method .. problem, 2) end
  end
  return setmetatable({}, {
    __index = function(_, key)
      local method = members[key]
      if method then return method end
      error("unknown member of a " .. what .. ": '" .. tostring(key) .. "'", 2)
    end,
    __newindex = function(_, key) error("a " .. what .. " cannot be changed ('" .. tostring(key) .. "')", 2) end,
    __metatable = "rover." .. what,
  })
end

return function(rover)
  for word, given in pairs(words) do
    local path, made = "rover." .. word, object(given.what, given.methods)
    rover[word] = function(name, options)
      if type(name) ~= "string" or name == "" then
        error(path .. " takes a name, got " .. (name == "" and "an empty one" or "a " .. type(name)), 2)
      end
      if options ~= nil and type(options) ~= "table" then
        error(path .. " takes a table of options, got a " .. type(options), 2)
      end
      local problem = wrong(word, name, options or {}, options ~= nil)
      if problem then error(path .. ": " .. problem, 2) end
      return made
    end
  end
end
