-- What `--bin library` times, in Rover's VM and in plain LuaJIT: loops of the length that
-- they are given, which return something that depends on every round.
local cases = {}

local line = "GET /items/42?sort=name HTTP/1.1"
local text = ("the quick brown fox jumps over the lazy dog "):rep(20) .. "x=1"

function cases.find_plain(rounds)
  local sum = 0
  for _ = 1, rounds do sum = sum + line:find("?", 1, true) end
  return sum
end

function cases.find_literal(rounds)
  local sum = 0
  for _ = 1, rounds do sum = sum + line:find("sort") end
  return sum
end

function cases.find_plain_far(rounds)
  local sum = 0
  for _ = 1, rounds do sum = sum + text:find("x=", 1, true) end
  return sum
end

function cases.find_class(rounds)
  local sum = 0
  for _ = 1, rounds do sum = sum + line:find("%d+") end
  return sum
end

function cases.match_captures(rounds)
  local sum = 0
  for _ = 1, rounds do
    local method, path = line:match("^(%u+) (%S+)")
    sum = sum + #method + #path
  end
  return sum
end

function cases.gmatch_words(rounds)
  local sum = 0
  for _ = 1, rounds do
    for word in text:gmatch("%a+") do sum = sum + #word end
  end
  return sum
end

function cases.gsub_text(rounds)
  local sum = 0
  for _ = 1, rounds do sum = sum + #line:gsub("[&?]", "&amp;") end
  return sum
end

function cases.gsub_function(rounds)
  local sum = 0
  local function upper(word) return word:upper() end
  for _ = 1, rounds do sum = sum + #text:gsub("%a+", upper) end
  return sum
end

function cases.format(rounds)
  local sum = 0
  for i = 1, rounds do sum = sum + #("%s: %d, %.2f"):format("name", i, i / 3) end
  return sum
end

function cases.insert(rounds)
  local t
  for i = 1, rounds do
    if i % 1000 == 1 then t = {} end
    table.insert(t, i)
  end
  return #t
end

function cases.insert_first(rounds)
  local t
  for i = 1, rounds do
    if i % 100 == 1 then t = {} end
    table.insert(t, 1, i)
  end
  return #t
end

function cases.concat(rounds)
  local t, sum = {}, 0
  for i = 1, 20 do t[i] = "item " .. i end
  for _ = 1, rounds do sum = sum + #table.concat(t, ", ") end
  return sum
end

function cases.sort(rounds)
  local t, sum, seed = {}, 0, 1
  for _ = 1, rounds do
    for i = 1, 100 do
      seed = seed * 16807 % 2147483647
      t[i] = seed
    end
    table.sort(t)
    sum = sum + t[1]
  end
  return sum
end

return cases
