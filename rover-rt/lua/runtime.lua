-- The Lua half of the runtime, called once per VM: loads the parts, each of which takes
-- what it needs of `R` and adds what it makes.
--
-- `R` comes with `native`, the functions of the Rust half; `server`, the recording server's
-- module; `json`, which has `rover.json` and `rover.array`; `load_chunk`, which gives a bundled
-- module's chunk by name; `Array`, the metatable of arrays; `guard`, which is `rover.guard`; `direct`, what specialised handlers call;
-- `written`, the addresses of what they call through the FFI; `pending`, the values that
-- wait for their list's encoding; `load_page`, which gives a template's chunk by number;
-- `patterns`, the matching functions; `limits`, what the library asks for; `longest`, the
-- bytes of a string that it makes; `chunk`, what stands around a chunk's text; and `part`,
-- which gives a part's chunk by name.
local R = ...
local error, setmetatable = error, setmetatable

-- Room for the traces of some 1000 routes: at most 10000, and 64 MiB of machine code,
-- which is taken in pieces as it is needed. The defaults are for one program's few loops;
-- where they are reached, LuaJIT throws all traces away and starts again.
require("jit.opt").start("maxtrace=10000", "maxrecord=8000", "maxmcode=65536", "maxside=200")

-- LuaJIT's own seed is the same in every VM. Without an argument it is taken from the system
-- (`math_randomseed` in `lib_math.c`).
math.randomseed()

-- Errors that are answers: thrown by ctx members, told to the client as they are.
local HttpError = {}
HttpError.__index = HttpError
HttpError.__metatable = "rover.error"
function HttpError.__tostring(e) return e.message end
R.http = { Error = HttpError }
function R.http.error(status, message)
  error(setmetatable({ status = status, message = message }, HttpError), 0)
end

-- What did not pass `rover.guard`: a list of `{ field, message, type }`.
function R.invalid(errors)
  local parts = {}
  for i = 1, #errors do
    local field, message = errors[i].field, errors[i].message
    parts[i] = field == "" and message or field .. ": " .. message
  end
  local message = table.concat(parts, "; ")
  error(setmetatable({ status = 400, message = message, errors = errors }, HttpError), 0)
end

-- A part of the request (0 the body, 1 the query, 2 the parameters), checked. Called by
-- functions that programs call.
function R.expect(source, schema)
  local value, wrong = R.native.guard_expect(source, schema)
  if wrong then error(wrong, 3) end
  return value
end

-- The sandbox comes last: it takes away what the other parts use.
for _, name in ipairs {
  "body", "html", "response", "ctx", "global", "direct", "html_plain", "library", "strings", "sandbox",
} do
  R.part(name)(R)
end

-- Runs the manifest; gives what it defined.
function R.boot()
  local result = R.load_chunk("")()
  if not R.server.is_server(result) then error("the manifest did not return the server", 0) end
  return (R.server.seal(result))
end
