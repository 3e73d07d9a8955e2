-- Lua's `io` below the folders of the option `files`: what fails is nil, a message and a number.
local api = rover.server { workers = 1, files = { "/tmp" } }
local here = "/tmp/rover-contract-io-" .. ("%d"):format(math.random(1e9))
local path = here .. "/file"

local function plain(text) return (tostring(text):gsub("rover%-contract%-io%-%d+", "HERE"):gsub("^.-:%d+: ", ""):gsub("\n", "$")) end
local function list(...)
  local values = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if value == nil then value = "nil" end
    if io.type(value) then value = io.type(value) end
    values[i] = type(value) == "string" and plain(value) or value
  end
  return rover.array(values)
end
local function caught(f, ...)
  local ok, message = pcall(f, ...)
  return ok and "no error" or plain(message)
end

function api.written.get()
  rover.fs.make_dir(here)
  local file = assert(io.open(path, "w"))
  local same = file:write("first line\n", 12, " ", 3.5, "\n", "0x10 -1e2 word\n", ("x"):rep(70000), "\nlast") == file
  return { same = same, closed = file:close(), size = rover.fs.stat(path).size }
end

function api.read.get()
  local file = assert(io.open(path))
  local answer = {
    line = file:read(), numbers = list(file:read("*n", "*n", "*l")), more = list(file:read("n", "n", "n")),
    word = list(file:read(5, 0)), long = #file:read("*L"), rest = list(file:read("*a", "*a", "*l")), at_end = list(file:read(0)),
  }
  file:close()
  return answer
end

function api.lines.get()
  local sizes, whole = {}, {}
  for line in io.lines(path) do sizes[#sizes + 1] = #line end
  for line in io.lines(path, "*L") do whole[#whole + 1] = #line end
  local file = io.open(path)
  local pairs_of = {}
  for a, b in file:lines(3, 1) do
    pairs_of[#pairs_of + 1] = plain(a .. "|" .. b)
    if #pairs_of == 3 then break end
  end
  local rest = file:read()
  file:close()
  return { sizes = sizes, whole = whole, pairs = pairs_of, rest = rest }
end

function api.moved.get()
  local file = assert(io.open(path, "r+"))
  local answer = { file:seek("end"), file:seek("set", 6), file:read(4), file:seek(), file:seek("cur", -4) }
  file:write("LINE")
  answer[#answer + 1] = file:seek()
  file:seek("set")
  answer[#answer + 1] = file:read()
  answer[#answer + 1] = list(file:seek("set", -1))
  answer[#answer + 1] = list(file:setvbuf("no"), file:setvbuf("full", 1024), file:setvbuf "line", file:flush())
  file:close()
  return answer
end

function api.modes.get()
  local answer = {}
  for _, mode in ipairs { "r", "rb", "r+", "a", "a+", "x", "", "rw" } do
    local file, message, code = io.open(path, mode)
    answer[#answer + 1] = { mode, file and "open" or plain(message), code, file and list(file:read(5)), file and list(file:write("")) }
    if file then file:close() end
  end
  local file = io.open(path, "a+")
  file:write("+")
  answer[#answer + 1] = file:seek() == rover.fs.stat(path).size
  file:close()
  return answer
end

function api.failures.get()
  local file = io.open(path)
  local answer = {
    none = list(io.open(here .. "/none")), folder = list(io.open(here)), outside = list(io.open("/etc/passwd")),
    up = list(io.open("/tmp/../etc/passwd")), written = list(file:write("x")), format = caught(file.read, file, "*x"),
    option = caught(file.read, file, true), position = caught(file.read, file, 1, "*q"), whence = caught(file.seek, file, "middle"),
    offset = caught(file.seek, file, "set", "x"), value = caught(file.write, file, "a", {}), name = caught(io.open),
    lines = caught(io.lines, here .. "/none"), no_file = caught(file.read, {}), buffer = caught(file.setvbuf, file, "some"),
    input = caught(io.read), output = caught(io.write, "x"), stdin = caught(function() return io.stdin:read() end),
  }
  file:close()
  answer.closed = caught(file.read, file)
  answer.closed_again = caught(file.close, file)
  answer.closed_lines = caught(file.lines, file)
  answer.types = list(io.type(file), io.type(io), io.type(1))
  answer.text = tostring(file)
  return answer
end

function api.objects.get()
  local file = io.open(path)
  local text = tostring(file)
  local answer = {
    text = text:match("^file %(0x%x+%)$") ~= nil, type = type(file), io_type = io.type(file), meta = getmetatable(file),
    set = caught(function() file.x = 1 end), same = text == tostring(file), method = type(file.read), none = file.nothing == nil,
    json = caught(rover.json.encode, { file }),
  }
  file:close()
  return answer
end

-- `io.input` and `io.output` are the request's.
function api.standard.get()
  local before = caught(io.input)
  local out = io.output(here .. "/standard")
  io.write("a\n", 1, "\nb\n")
  local same = io.output() == out
  io.flush()
  io.close()
  local closed = caught(io.write, "x")
  local input = io.input(here .. "/standard")
  local answer = { before = before, same = same, closed = closed, read = list(io.read("*l", "*n")), input = io.input() == input }
  input = nil
  for _ = 1, 3 do collectgarbage() end
  answer.rest = list(io.read("*l", "*l", "*l"))
  answer.lines = {}
  io.input():seek("set")
  for line in io.lines() do answer.lines[#answer.lines + 1] = line end
  return answer
end

function api.standard.after.get()
  return { caught(io.read), caught(io.write, "x"), caught(io.close) }
end

function api.temporary.get()
  local file = io.tmpfile()
  file:write("kept for now")
  file:seek("set", 5)
  return { read = file:read("*a"), names = rover.fs.list(here) }
end

-- What is not closed is written at the request's end.
local kept
function api.kept.get()
  kept = kept or io.open(here .. "/kept", "a")
  local before = rover.fs.read(here .. "/kept")
  kept:write("x")
  return before
end
function api.kept.later.get()
  for _ = 1, 1000 do
    if rover.fs.read(here .. "/kept") == "xx" then break end
    rover.sleep(0.01)
  end
  return rover.fs.read(here .. "/kept")
end

-- Files that nobody closes are closed when nobody has them.
function api.many.get()
  for i = 1, 2500 do
    local file, message = io.open(path)
    if not file then return { i, plain(message) } end
  end
  local held = {}
  for i = 1, 2000 do
    local file, message, code = io.open(path)
    if not file then return { message = plain(message), code = code } end
    held[i] = file
  end
  return "no limit"
end

-- Several have a file at the same time.
function api.shared.get()
  local file = io.open(here .. "/shared", "w+")
  rover.all({ "a", "b", "c" }, function(letter)
    for _ = 1, 20 do
      file:write(letter:rep(5000))
      rover.sleep(0)
    end
  end)
  file:seek("set")
  local counts, whole = { a = 0, b = 0, c = 0 }, true
  while true do
    local piece = file:read(5000)
    if not piece then break end
    local letter = piece:sub(1, 1)
    whole = whole and piece == letter:rep(5000)
    counts[letter] = counts[letter] + 1
  end
  file:close()
  return { a = counts.a, b = counts.b, c = counts.c, whole = whole }
end

-- Within the program's own coroutines and iterators.
function api.coroutine.get()
  local lines = coroutine.wrap(function()
    for line in io.lines(here .. "/standard") do coroutine.yield(line) end
  end)
  return { lines(), lines(), lines(), lines() == nil }
end

function api.removed.get()
  for _, name in ipairs(rover.fs.list(here)) do rover.fs.remove(here .. "/" .. name) end
  return { rover.fs.remove(here) }
end

return api
