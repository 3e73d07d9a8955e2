-- rover.json.encode and rover.json.decode, while the program is loaded and in handlers.
local api = rover.server {}

-- What a value becomes, or the error.
local function attempt(f, ...)
  local ok, result = pcall(f, ...)
  return ok and result or "error: " .. tostring(result)
end

local deep = {}
for _ = 1, 130 do deep = { deep } end

local function facts()
  local encode, decode = rover.json.encode, rover.json.decode
  local copy = decode '{"zebra":[1,null,{"ape":null}],"empty":[],"text":"\\u00e9\\ud83d\\ude00"}'
  return {
    encode { zebra = 1, ape = { 1, 2.5, 1e300, 1e15, -0.05, 0 / 0 }, no = rover.null },
    encode { [3] = "three", unknown_b = 1, [1] = "one", unknown_a = 2 },
    encode { rover.array(), {}, "tab\t\"quote\"\\\1\127é" },
    encode "plain", encode(12), encode(true), encode(rover.null),
    encode(copy),
    tostring(copy.zebra[2] == rover.null and copy.zebra[3].ape == nil),
    attempt(decode, '{"a":1,}'), attempt(decode, "[1e400]"), attempt(decode, "[1] 2"),
    attempt(decode, "\"\255\""), attempt(decode, ("["):rep(129)), attempt(decode, 12),
    attempt(encode, { rows = { 1, { name = print } } }), attempt(encode, { [true] = 1 }),
    attempt(encode, "\255"), attempt(encode, deep):sub(1, 60),
    attempt(encode, { { [2.5] = function() end } }),
    attempt(rover.array, 1),
  }
end

local at_load = facts()
-- The same names at build and at the start, or the program does not start.
for number, fact in ipairs(at_load) do
  local name = fact:gsub("%W", function(c) return ("-%02x"):format(c:byte()) end)
  api.facts[("%d %s"):format(number, name)].get = function() return fact end
end

function api.same.get()
  local now, differences = facts(), {}
  for number, fact in ipairs(at_load) do
    if now[number] ~= fact then differences[#differences + 1] = now[number] end
  end
  return { count = #now, differences = rover.array(differences) }
end

function api.facts.get() return rover.array(facts()) end

function api.decoded.post(ctx)
  local value = rover.json.decode(ctx:body():raw())
  return { again = rover.json.encode(value) }
end

return api
