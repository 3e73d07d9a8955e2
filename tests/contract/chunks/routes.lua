-- Answers of other servers, and files, that are larger than a VM may be: see `tests/chunks.rs`.
local api = rover.server { memory_limit = "16MiB", files = { "/tmp" }, timeout = "600s", deadline = "60s" }

local function asked(ctx)
  return rover.http.get(ctx:query().at, { stream = true, max_body = "4096MiB", timeout = "10m" })
end

function api.read.get(ctx)
  local bytes, largest = 0, 0
  for chunk in asked(ctx):chunks() do
    bytes = bytes + #chunk
    largest = math.max(largest, #chunk)
  end
  return { bytes = bytes, is_in_parts = largest < bytes / 100 }
end
-- All of it at once is more than there is.
function api.whole.get(ctx)
  local parts = {}
  for chunk in asked(ctx):chunks() do parts[#parts + 1] = chunk end
  return { bytes = #table.concat(parts) }
end
-- Sent on, into a file.
function api.copied.get(ctx)
  local path = ctx:query().to
  rover.fs.write(path, "")
  for chunk in asked(ctx):chunks() do rover.fs.append(path, chunk) end
  local bytes = 0
  for chunk in rover.fs.chunks(path) do bytes = bytes + #chunk end
  rover.fs.remove(path)
  return { bytes = bytes }
end
function api.small.get() return "small" end

return api
