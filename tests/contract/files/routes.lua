-- Files below the folders of the option `files`, by `rover.fs`. Each VM has a folder of its own.
local api = rover.server { workers = 1, files = { "/tmp" } }
local fs = rover.fs
local here = "/tmp/rover-contract-files-" .. ("%d"):format(math.random(1e9))

local function caught(f, ...)
  local ok, err = pcall(f, ...)
  if ok then return "no error" end
  if type(err) ~= "table" then return tostring(err):gsub("^.-:%d+: ", "") end
  return { kind = err.kind, code = err.code, retryable = err.retryable, message = (err.message:gsub("rover%-contract%-files%-%d+", "HERE")) }
end

-- The first one: what is made is made once.
function api.folders.get()
  local made, again = fs.make_dir(here .. "/a/b"), fs.make_dir(here .. "/a/b")
  local stat = fs.stat(here .. "/a")
  return { made = made, again = again, type = stat.type, names = fs.list(here), none = fs.list(here .. "/a/b"), exists = fs.exists(here), not_there = fs.list(here .. "/x") == nil }
end

function api.written.post(ctx)
  local path = here .. "/note.txt"
  local before = fs.read(path)
  fs.write(path, ctx:body():text())
  fs.append(path, "!")
  fs.append(path, 7)
  local stat = fs.stat(path)
  return { before = before, after = fs.read(path), size = stat.size, type = stat.type, now = math.abs(stat.modified - os.time()) < 100 }
end

function api.any_bytes.get()
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local text = table.concat(all):rep(1000)
  fs.write(here .. "/bytes", text)
  local parts, sizes = {}, {}
  for part in fs.chunks(here .. "/bytes", 100000) do
    parts[#parts + 1] = part
    sizes[#sizes + 1] = #part
  end
  local usual = 0
  for part in fs.chunks(here .. "/bytes") do usual = usual + #part end
  return { same = fs.read(here .. "/bytes") == text, joined = table.concat(parts) == text, sizes = sizes, usual = usual }
end

function api.moved.get()
  fs.write(here .. "/from", "x")
  fs.rename(here .. "/from", here .. "/to")
  return { from = fs.exists(here .. "/from"), to = fs.read(here .. "/to"), stat = fs.stat(here .. "/from") == nil }
end

-- What waits beside each other.
function api.together.get()
  return rover.all({ 1, 2, 3 }, function(n)
    local path = here .. "/together" .. n
    fs.write(path, ("x"):rep(n))
    local size = #fs.read(path)
    fs.remove(path)
    return size
  end)
end

function api.refused.get()
  return {
    up = caught(fs.read, "/tmp/../etc/passwd"),
    elsewhere = caught(fs.read, "/etc/passwd"),
    relative = caught(fs.write, "x", "y"),
    none = caught(fs.write, here .. "/no/folder", "y"),
    folder = caught(fs.read, here),
    file = caught(fs.make_dir, here .. "/note.txt"),
    full = caught(fs.remove, here .. "/a"),
    root = caught(fs.remove, "/tmp"),
    zero = caught(fs.read, here .. "\0/../../etc/passwd"),
    chunks = caught(fs.chunks, here .. "/none"),
    tried = select(2, rover.try(fs.list, here .. "/note.txt")).kind,
    raised = tostring(select(2, pcall(fs.read, "/etc/passwd"))),
  }
end

function api.misused.get()
  return {
    caught(fs.read), caught(fs.read, {}), caught(fs.write, "/tmp/x"), caught(fs.write, "/tmp/x", true),
    caught(fs.rename, "/tmp/x"), caught(fs.chunks, "/tmp/x", 0), caught(fs.chunks, "/tmp/x", "1"),
  }
end

function api.constant.get()
  return { changed = pcall(function() fs.read = nil end), here = type(rover.fs.read) }
end

-- The last one.
function api.removed.get()
  local removed = {}
  for _, name in ipairs { "bytes", "note.txt", "to", "a/b", "a", "" } do
    removed[#removed + 1] = fs.remove(here .. "/" .. name)
  end
  return { removed = removed, again = fs.remove(here), exists = fs.exists(here) }
end

return api
