-- Words that wait, and those that take functions for later, while routes are collected: nothing
-- waits then, and no such function runs. What they are given is looked at as a worker does.
--
-- `words` are the paths of those that wait, `methods` the names of a client's methods, and
-- `wrong_times(text)` says what is wrong with the fields of `rover.cron`.
local words, methods, wrong_times = ...
local error, rawget, type, tostring, setmetatable, pcall = error, rawget, type, tostring, setmetatable, pcall
local gmatch, huge = string.gmatch, math.huge

local WAITS = " waits, which nothing can while the program loads"
local function waiting(name)
  return function() error(name .. WAITS, 2) end
end

local client = {}
for i = 1, #methods do client[methods[i]] = waiting("rover.HttpClient:" .. methods[i]) end
client = setmetatable({}, { __index = client, __metatable = "rover.http.client" })

local function with_article(value)
  local kind = type(value)
  return kind == "nil" and "nothing" or "a " .. kind
end

local function check_function(word, f)
  if type(f) ~= "function" then
    error(word .. " takes a function, got " .. with_article(f), 3)
  end
end

-- Puts them into `rover` and `io`.
return function(rover, io, getinfo)
  local roots = { rover = rover, io = io }
  for i = 1, #words do
    local t, key = roots, nil
    for part in gmatch(words[i], "[^.]+") do
      if key then
        if not rawget(t, key) then t[key] = {} end
        t = t[key]
      end
      key = part
    end
    -- A library that looks for a file takes `nil` for its absence and goes on.
    local probe = words[i] == "io.open" and t[key]
    t[key] = not probe and waiting(words[i]) or function(name, mode)
      local reads = mode == nil or mode == "r" or mode == "rb"
      if not reads or getinfo(2, "S").what == "main" then
        error("io.open" .. WAITS, 2)
      end
      return probe(name, mode)
    end
  end

  function rover.http.client(options)
    if options ~= nil and type(options) ~= "table" then
      error("rover.http.client takes a table of options, got a " .. type(options), 2)
    end
    return client
  end

  function rover.on_start(f) check_function("rover.on_start", f) end
  function rover.on_stop(f) check_function("rover.on_stop", f) end

  function rover.every(seconds, f)
    if type(seconds) ~= "number" or not (seconds > 0 and seconds < huge) then
      local got = type(seconds) == "number" and tostring(seconds) or with_article(seconds)
      error("rover.every takes a number of seconds above 0, got " .. got, 2)
    end
    check_function("rover.every", f)
  end

  function rover.cron(times, f)
    if type(times) ~= "string" then
      error("rover.cron takes a text of five fields, got " .. with_article(times), 2)
    end
    local wrong = wrong_times(times)
    if wrong then error("rover.cron does not take \"" .. times .. "\": " .. wrong, 2) end
    check_function("rover.cron", f)
  end

  function rover.spawn()
    error("rover.spawn is called while the program loads, before there is a request", 2)
  end

  -- It waits only if the function does.
  function rover.try(f, ...)
    local function results(ok, ...)
      if ok then return ... end
      return nil, (...)
    end
    return results(pcall(f, ...))
  end
end
