-- `rover.fs`, and `io` on the same folders. Natives wait as those of `wait.lua` do. Those of files
-- (`file_*`) give what fails as nil, a message and a number.
local R = ...
local native, raise, settled, array = R.native, R.raise, R.settled, R.json.array
local type, select, tostring, getmetatable, setmetatable = type, select, tostring, getmetatable, setmetatable
local tonumber, format, byte, concat, unpack = tonumber, string.format, string.byte, table.concat, unpack
local sub, ceil, floor, next = string.sub, math.ceil, math.floor, next

local function integer_of(n) return n < 0 and ceil(n) or floor(n) end

local function shown(value, count) return count == 0 and "no value" or type(value) end

local function bad(position, word, problem)
  raise(format("bad argument #%d to '%s' (%s)", position, word, problem))
end

-- A text, as LuaJIT's library takes it: numbers are texts, too.
local function text(value, position, word)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return tostring(value) end
  bad(position, word, "string expected, got " .. (value == nil and "no value" or kind))
end

local fs = {}
R.fs = fs

function fs.read(path) return (settled("rover.fs.read", native.fs_read(text(path, 1, "read")))) end
function fs.write(path, content)
  path, content = text(path, 1, "write"), text(content, 2, "write")
  return settled("rover.fs.write", native.fs_write(path, content))
end
function fs.append(path, content)
  path, content = text(path, 1, "append"), text(content, 2, "append")
  return settled("rover.fs.append", native.fs_append(path, content))
end
function fs.list(path)
  local names = settled("rover.fs.list", native.fs_list(text(path, 1, "list")))
  return names and array(names)
end
function fs.stat(path)
  local kind, size, modified = settled("rover.fs.stat", native.fs_stat(text(path, 1, "stat")))
  return kind and { type = kind, size = size, modified = modified }
end
function fs.exists(path) return settled("rover.fs.exists", native.fs_exists(text(path, 1, "exists"))) end
function fs.remove(path) return settled("rover.fs.remove", native.fs_remove(text(path, 1, "remove"))) end
function fs.rename(from, to)
  from, to = text(from, 1, "rename"), text(to, 2, "rename")
  return settled("rover.fs.rename", native.fs_rename(from, to))
end
function fs.make_dir(path) return settled("rover.fs.make_dir", native.fs_make_dir(text(path, 1, "make_dir"))) end

local CHUNK = 65536
local MOST = 2 ^ 31 - 1
function fs.chunks(path, size)
  path = text(path, 1, "chunks")
  if size == nil then size = CHUNK end
  if type(size) ~= "number" or not (size >= 1 and size <= MOST) then
    bad(2, "chunks", "a number of bytes of at least 1 expected")
  end
  local file = native.file_new()
  settled("rover.fs.chunks", native.file_open(file, path, "rb", true))
  return function()
    if not file then return nil end
    local piece, message = settled("rover.fs.chunks", native.file_read(file, "b", size))
    if piece == nil then
      local ended = file
      file = nil
      if message then raise(message) end
      settled("rover.fs.chunks", native.file_close(ended))
    end
    return piece
  end
end

-- Objects by their numbers, as long as the program has them.
local objects = setmetatable({}, { __mode = "v" })
local numbers = setmetatable({}, { __mode = "k" })
local function new_file()
  local file, number = native.file_new()
  objects[number], numbers[file] = file, number
  return file
end

local CLOSED = "attempt to use a closed file"
-- What a file's function gives: Lua raises where a closed file is used.
local function checked(value, message, code)
  if message == nil then return value end
  if message == CLOSED then raise(CLOSED) end
  return nil, message, code
end
local function result(word, ...) return checked(settled(word, ...)) end

local function file_of(self, word)
  local is_open = native.file_is_open(self)
  if is_open then return self end
  if is_open == false then raise(CLOSED) end
  bad(1, word, "FILE* expected, got " .. (self == nil and "no value" or type(self)))
end

-- Reads by one format of LuaJIT's: a letter, with a star before it or without, or so many bytes.
local function read_one(word, file, wanted, position)
  local kind = type(wanted)
  if kind == "string" then
    local letter = byte(wanted, 1) == 42 and sub(wanted, 2, 2) or sub(wanted, 1, 1)
    if letter == "l" or letter == "L" or letter == "n" or letter == "a" then
      return result(word, native.file_read(file, letter, 0))
    end
    bad(position, "read", "invalid format")
  elseif kind == "number" then
    local count = integer_of(wanted)
    if not (count >= 0 and count <= MOST) then raise("not enough memory") end
    return result(word, native.file_read(file, "b", count))
  end
  bad(position, "read", "invalid option")
end

-- Reads by all formats, up to the first that finds nothing.
local function read_all(word, file, count, ...)
  if count == 0 then return read_one(word, file, "l", 1) end
  if count == 1 then return read_one(word, file, (...), 1) end
  local values = {}
  for i = 1, count do
    local value, message, code = read_one(word, file, (select(i, ...)), i)
    if message then return nil, message, code end
    values[i] = value
    if value == nil then return unpack(values, 1, i) end
  end
  return unpack(values, 1, count)
end

-- Writes what comes before a value that cannot be written, as LuaJIT does.
local function write_all(word, file, count, ...)
  local parts = {}
  local wrong
  for i = 1, count do
    local value = (select(i, ...))
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" then
      wrong = i
      break
    end
    parts[i] = kind == "number" and tostring(value) or value
  end
  local done, message, code = result(word, native.file_write(file, count == 1 and parts[1] or concat(parts)))
  if wrong then
    bad(wrong, "write", "string expected, got " .. shown((select(wrong, ...))))
  end
  if done == nil then return nil, message, code end
  return file
end

-- An iterator. `closes` is whether the file is closed at its end.
local function lines_of(word, file, closes, count, ...)
  local formats = { ... }
  local function step(value, ...)
    if value == nil then
      local message = ...
      if message then raise(message) end
      if closes then result(word, native.file_close(file)) end
      return nil
    end
    return value, ...
  end
  return function()
    file_of(file, "lines")
    return step(read_all(word, file, count, unpack(formats, 1, count)))
  end
end

local methods = {}
function methods.read(self, ...) return read_all("file:read", file_of(self, "read"), select("#", ...), ...) end
function methods.write(self, ...) return write_all("file:write", file_of(self, "write"), select("#", ...), ...) end
function methods.lines(self, ...)
  return lines_of("file:lines", file_of(self, "lines"), false, select("#", ...), ...)
end
function methods.flush(self) return result("file:flush", native.file_flush(file_of(self, "flush"))) end
function methods.close(self) return result("file:close", native.file_close(file_of(self, "close"))) end
function methods.seek(self, whence, offset)
  file_of(self, "seek")
  if whence == nil then whence = "cur" end
  whence = text(whence, 1, "seek")
  if whence ~= "set" and whence ~= "cur" and whence ~= "end" then
    bad(1, "seek", "invalid option '" .. whence .. "'")
  end
  local number = offset == nil and 0 or tonumber(offset)
  if not number then bad(2, "seek", "number expected, got " .. type(offset)) end
  return result("file:seek", native.file_seek(self, whence, integer_of(number)))
end
function methods.setvbuf(self, mode)
  file_of(self, "setvbuf")
  mode = text(mode, 1, "setvbuf")
  if mode ~= "full" and mode ~= "line" and mode ~= "no" then
    bad(1, "setvbuf", "invalid option '" .. mode .. "'")
  end
  return result("file:setvbuf", native.file_set_buffering(self, mode))
end

local is_open = native.file_is_open
if is_open then
  local meta = R.metatable_of(new_file())
  meta.__index, meta.__metatable = methods, "rover.open_file"
  function meta.__tostring(self)
    return is_open(self) and format("file (0x%08x)", numbers[self] or 0) or "file (closed)"
  end
end

local io = {}
R.io = io

function io.open(path, mode)
  path = text(path, 1, "open")
  mode = mode == nil and "r" or text(mode, 2, "open")
  local file = new_file()
  local done, message, code = result("io.open", native.file_open(file, path, mode, false))
  if done == nil then return nil, message, code end
  return file
end

function io.tmpfile()
  local file = new_file()
  local done, message, code = result("io.tmpfile", native.file_open_temporary(file))
  if done == nil then return nil, message, code end
  return file
end

function io.type(...)
  local value = ...
  if select("#", ...) == 0 then bad(1, "type", "value expected") end
  local open = is_open and is_open(value)
  if open == nil then return nil end
  return open and "file" or "closed file"
end

local WITHOUT = {
  [false] = "a server has no standard input: io.input(path) sets what is read, and a request's body is ctx:body()",
  [true] = "a server has no standard output: io.output(path) sets what is written to, and the log is print(...)",
}
-- What was set in this request.
local function standard(is_output)
  local number = native.file_standard(is_output)
  if not number then raise(WITHOUT[is_output]) end
  local file = objects[number]
  if not file then
    file = native.file_of_standard(is_output)
    objects[number], numbers[file] = file, number
  end
  return file
end
local function open_standard(is_output)
  local file = standard(is_output)
  if not is_open(file) then raise("standard file is closed") end
  return file
end

local function opened(word, path, mode)
  local file = new_file()
  local done, message = result("io." .. word, native.file_open(file, path, mode, false))
  if done == nil then bad(1, word, message) end
  return file
end
local function set_standard(word, is_output, mode, file)
  if file == nil then return standard(is_output) end
  if is_open(file) == nil then
    file = opened(word, text(file, 1, word), mode)
  else
    file_of(file, word)
  end
  native.file_set_standard(is_output, file)
  return file
end
function io.input(file) return set_standard("input", false, "r", file) end
function io.output(file) return set_standard("output", true, "w", file) end
function io.read(...) return read_all("io.read", open_standard(false), select("#", ...), ...) end
function io.write(...) return write_all("io.write", open_standard(true), select("#", ...), ...) end
function io.flush() return result("io.flush", native.file_flush(open_standard(true))) end
function io.close(...)
  local file = select("#", ...) == 0 and standard(true) or file_of((...), "close")
  return result("io.close", native.file_close(file))
end
function io.lines(path, ...)
  if path == nil then return lines_of("io.lines", open_standard(false), false, select("#", ...), ...) end
  local file = opened("lines", text(path, 1, "lines"), "r")
  return lines_of("io.lines", file, true, select("#", ...), ...)
end

if not is_open then
  for _, words in next, { fs, io } do
    for name in next, words do
      words[name] = function() raise("files are not available on this system") end
    end
  end
end
