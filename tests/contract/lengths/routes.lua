-- How long a string the library makes at most; long ones are made in pieces.
local api = rover.server { memory_limit = "16MiB", deadline = "20s" }

local MEGABYTE = 1048576

local function message(f, ...)
  local ok, e = pcall(f, ...)
  return ok and "no error" or e
end

function api.errors.get()
  local big, many = ("x"):rep(MEGABYTE), {}
  for i = 1, 5 do many[i] = big end
  local long = {}
  for i = 1, 5000 do long[i] = ("y"):rep(1000) end
  return api.json {
    message(function() local r = ("ab"):rep(3 * MEGABYTE) return r end),
    message(function() local r = ("ab"):rep(3 * MEGABYTE, ", ") return r end),
    message(function() local r = string.rep(12, 1e15) return r end),
    message(function() local r = table.concat(many, "--") return r end),
    message(function() local r = table.concat(long, 7) return r end),
    message(function() local r = table.concat({ big, big, big, big, big, big, big, big, big, big, big, big }) return r end),
    message(function() local r = ("%s%s%s%s%s"):format(big, big, big, big, big) return r end),
    message(function() local r = ("%d %s%s%s%s"):format(1, big, big, big, big) return r end),
    message(function() local r = big:gsub("x", "yyyyy") return r end),
    message(function() local r = os.date(("%c"):rep(3000)) return r end),
  }
end

-- Errors of the arguments are LuaJIT's own.
function api.arguments.get()
  return api.json {
    message(function() local r = table.concat() return r end),
    message(function() local r = table.concat("x") return r end),
    message(function() local r = table.concat({}, {}) return r end),
    message(function() local r = table.concat({}, "", {}) return r end),
    message(function() local r = table.concat({ 1, {}, 3 }) return r end),
    message(function() local r = table.concat({ 1, 2 }, "", 1, 3) return r end),
    message(function() local r = table.concat({ 1, 2 }, "", 1, 1e5) return r end),
    message(function() local r = ("%d"):format("x") return r end),
    message(function() local r = ("%s %s"):format(1) return r end),
    message(function() local r = string.format() return r end),
    message(function() local r = ("x"):rep() return r end),
    message(function() local r = ("x"):rep("y") return r end),
    message(function() local r = string.rep({}, 100000) return r end),
    message(function() local r = ("x"):rep(100000, {}) return r end),
    message(function() local r = string.upper() return r end),
    message(function() local r = string.reverse({}) return r end),
    message(function() local r = tonumber() return r end),
    message(function() local r = tonumber("1", 99) return r end),
  }
end

function api.results.get()
  local numbers, texts = {}, {}
  for i = 1, 10000 do numbers[i], texts[i] = i / 2, "text " .. i end
  local text, by_hand = ("0123456789abcdefABCDEF"):rep(9999), ""
  for i = 1, 20 do by_hand = by_hand .. texts[i] .. (i < 20 and ", " or "") end
  local joined, odd = table.concat(numbers, " "), ("abc"):rep(50001, "-")
  local i = 0
  for number in joined:gmatch("%S+") do
    i = i + 1
    if tonumber(number) ~= numbers[i] then return "number " .. i end
  end
  local precise = ("%.3s|%.2s"):format(("z"):rep(3 * MEGABYTE), ("w"):rep(3 * MEGABYTE))
  local reversed, upper = text:reverse(), text:upper()
  for at = 1, #text, 777 do
    if reversed:byte(-at) ~= text:byte(at) then return "reverse at " .. at end
    if upper:sub(at, at) ~= text:sub(at, at):upper() then return "upper at " .. at end
  end
  return api.json {
    i, #joined, joined:sub(1, 12), joined:sub(-12),
    table.concat(texts, ", ", 1, 20) == by_hand, #table.concat(texts), #table.concat(texts, 0, 9990, 10000),
    table.concat({}), table.concat({ 1, "a", 2.5 }, "-"), table.concat({ 1, 2, 3 }, ",", 2), table.concat({ 1 }, ",", 2),
    table.concat({ 1, 2, 3 }, ",", "2", "3"), table.concat({ "a", "b" }, 1),
    #odd, odd:sub(1, 8), odd:sub(-8), #("ab"):rep(100000), #("ab"):rep(50000.7), ("x"):rep("3"), string.rep(5, 3), ("x"):rep(-1e9),
    #string.rep(1, 70000, 23), string.rep(1, 70000, 23):sub(-5),
    precise, #("%s%s%s%s%s%s%s%s"):format("a", "b", "c", "d", "e", "f", ("g"):rep(100000), 8),
    text:lower() == text:upper():lower(), #upper, #reversed,
    tonumber("0x" .. ("0"):rep(1000) .. "10"), tonumber(("0"):rep(100000) .. "7"), tonumber("11", 2), tonumber("z", 36), tostring(tonumber("x")),
  }
end

-- Ten times what the VM may hold, but none of it stays.
function api.garbage.get()
  local text, sum = "[" .. ("1,"):rep(1e5) .. "1]", 0
  for _ = 1, 100 do sum = sum + #rover.json.decode(text) end
  return { sum = sum }
end

return api
