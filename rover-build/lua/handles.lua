-- What stands for something outside while routes are collected: `rover.db`, `rover.redis`.
local error, type = error, type

-- The methods by these names, behind `db:` or `redis:`: each waits.
local function members(prefix, names)
  local all = {}
  for i = 1, #names do
    local name = prefix .. names[i]
    all[names[i]] = function() error(name .. " waits, which nothing can while the program loads", 2) end
  end
  return all
end

-- The address and the options that a word is given; `what` is what the address is of.
local function check(word, what, url, options)
  if options ~= nil and type(options) ~= "table" then
    error(word .. " takes a table of options, got a " .. type(options), 3)
  end
  if url ~= nil and type(url) ~= "string" then
    error(word .. " takes the address of " .. what .. ", got a " .. type(url), 3)
  end
  return options or {}
end

return members, check
