local api = rover.server {}
local n, words, users = 0, {}, {}

function api.count.get(ctx)
  n += 1
  n++
  words[n].length *= #users + 1
  local twice = n << 1
  if n != 3 && !words.done || n === 4 then
    n--
  end
  local size = words.size ?? 0
  local name = n > 1 ? "many" : "one"
  local double = x => x * 2
  total := n ** 2
  if n = 3 then return "three" end
  return { n = n }
end

return api
