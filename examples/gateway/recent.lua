-- What was fetched lately. Each worker has its own.
local recent = {}

local MOST = 10000
local entries, count = {}, 0 -- rover: per-worker

-- The value of a key if it is so many seconds old at most, else what `fetch` gives. An error is not kept.
function recent.fetch(key, seconds, fetch)
  local entry = entries[key]
  if entry and os.time() - entry.time < seconds then return entry.value end
  local value = fetch()
  if count >= MOST then entries, count = {}, 0 end
  if not entries[key] then count = count + 1 end
  entries[key] = { value = value, time = os.time() }
  return value
end

return recent
