-- The Lua half of the runtime, called once per VM: loads the parts, each of which takes
-- what it needs of `R` and adds what it makes.
--
-- `R` comes with `native`, the functions of the Rust half; `server`, the recording server's
-- module; `raise`, which raises a text with the program's line before it; `modules`, the text of which makes `require`; `json`, which has `rover.json` and `rover.array`; `raised`, which says what
-- errors are; `load_chunk`, which gives a bundled
-- module's chunk by name; `Array`, the metatable of arrays; `guard`, which is `rover.guard`; `environment`, what is added to the process's variables; `direct`, what specialised handlers call;
-- `written`, the addresses of what they call through the FFI; `pending`, the values that
-- wait for their list's encoding; `load_page`, which gives a template's chunk by number;
-- `fields`, the names of ctx's fields, in the order of their numbers; `set_fields`, the names that the program sets on ctx, as keys; `patterns`, the matching functions; `limits`, what the library asks for; `longest`, the
-- bytes of a string that it makes; `too_many`, what clients are told that come too often; `chunk`, what stands around a chunk's text; and `part`,
-- which gives a part's chunk by name.
local R = ...
local error, setmetatable, getmetatable, rawget = error, setmetatable, getmetatable, rawget
local type, tostring, pcall, format, floor = type, tostring, pcall, string.format, math.floor
local metatable_of, strings = debug.getmetatable, string
local concat = table.concat

-- Room for the traces of some 1000 routes: at most 10000, and 64 MiB of machine code,
-- which is taken in pieces as it is needed. The defaults are for one program's few loops;
-- where they are reached, LuaJIT throws all traces away and starts again.
require("jit.opt").start("maxtrace=10000", "maxrecord=8000", "maxmcode=65536", "maxside=200")

-- LuaJIT's own seed is the same in every VM. Without an argument it is taken from the system
-- (`math_randomseed` in `lib_math.c`).
math.randomseed()

-- A value in an error's text, which a client may get to see: an address is nobody's business.
R.metatable_of = metatable_of
function R.shown(value)
  local kind = type(value)
  if kind == "string" then return "'" .. value .. "'" end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  return "a " .. kind
end

-- A number as a text of the runtime's own: integers up to 2^53 in full, where `tostring` has
-- 14 digits.
function R.number_text(number)
  local size = number < 0 and -number or number
  if size >= 1e14 and size <= 2 ^ 53 and number == floor(number) then return format("%.0f", number) end
  return tostring(number)
end

-- Errors that are answers: thrown by ctx members, told to the client as they are. `on_error`
-- gets the program's own errors in the same form, with the `value` that was raised.
local HttpError = { __metatable = "rover.error" }
function HttpError.__tostring(e)
  return rawget(e, "message") or "(an error that is a " .. type(rawget(e, "value")) .. ")"
end
function HttpError.__len(e) return #tostring(e) end
local function side(value)
  return getmetatable(value) == "rover.error" and tostring(value) or value
end
function HttpError.__concat(a, b) return side(a) .. side(b) end
-- A table that was raised is asked for what the error has not; a text has its methods.
function HttpError.__index(e, key)
  local value = rawget(e, "value")
  local kind = type(value)
  if kind == "table" then return value[key] end
  local method = kind == "string" and strings[key]
  if not method then return nil end
  return function(self, ...) return method(tostring(self), ...) end
end
R.http = { Error = HttpError }
function R.http.error(status, message)
  error(setmetatable({ status = status, message = message, kind = "request" }, HttpError), 0)
end

-- The text of a value that was raised; nil for a table without one.
local function message_of(value)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  local message = kind == "table" and rawget(value, "message")
  if type(message) == "string" then return message end
  local meta = metatable_of(value)
  if type(meta) == "table" and rawget(meta, "__tostring") then
    local ok, text = pcall(tostring, value)
    return ok and text or nil
  end
end

-- What `on_error` is given for a value that was raised.
function R.caught(value, status, kind)
  if getmetatable(value) == "rover.error" then return value end
  local own = type(value) == "table"
  local own_status, own_kind = own and rawget(value, "status"), own and rawget(value, "kind")
  return setmetatable({
    status = type(own_status) == "number" and own_status or status,
    message = message_of(value),
    kind = type(own_kind) == "string" and own_kind or kind,
    value = value,
  }, HttpError)
end

-- What did not pass `rover.guard`: a list of `{ field, message, type }`.
function R.invalid(errors)
  local parts = {}
  for i = 1, #errors do
    local field, message = errors[i].field, errors[i].message
    parts[i] = field == "" and message or field .. ": " .. message
  end
  local message = concat(parts, "; ")
  local invalid = { status = 400, message = message, kind = "guard", errors = errors }
  error(setmetatable(invalid, HttpError), 0)
end

-- A part of the request (0 the body, 1 the query, 2 the parameters), checked. Called by
-- functions that programs call.
function R.expect(source, schema)
  local value, wrong = R.native.guard_expect(source, schema)
  if wrong then R.raise(wrong) end
  return value
end

-- The sandbox comes last: it takes away what the other parts use.
for _, name in ipairs {
  "lock", "body", "html", "cookie", "response", "ctx", "chain", "wait", "http", "crypto", "password", "jwt", "session", "files", "database", "redis", "stores", "admission", "env", "global", "direct", "html_plain", "walked", "library", "strings",
  "sandbox",
} do
  R.part(name)(R)
end

-- Runs the manifest; gives what it defined.
function R.boot()
  local result = R.raised.run(R.load_chunk(""))
  if not R.server.is_server(result) then error("the manifest did not return the server", 0) end
  local entries, options, _, policies = R.server.seal(result, R.save_session)
  local sessions = options.sessions
  local number = type(sessions) == "table" and R.database_number(sessions.store)
  if number then
    R.session_database, R.session_database_number = R.part("session_database")(R, sessions.store), number
    R.wait_words.every(600, R.session_database.clear)
  end
  R.is_loaded = true
  R.lock_library()
  return entries, options, policies
end
