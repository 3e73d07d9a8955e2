---@meta _
-- The smaller libraries of Lua and of LuaJIT as programs have them.

--- Operations on the bits of 32-bit integers.
---@class bitlib
bit = {}

--- Shifts to the right and repeats the sign.
---@param x number
---@param n number
---@return integer
function bit.arshift(x, n) end

--- The bits that all its arguments have.
---@param x number
---@param ... number
---@return integer
function bit.band(x, ...) end

--- All bits turned round.
---@param x number
---@return integer
function bit.bnot(x) end

--- The bits that any of its arguments has.
---@param x number
---@param ... number
---@return integer
function bit.bor(x, ...) end

--- The four bytes in the other order.
---@param x number
---@return integer
function bit.bswap(x) end

--- The bits that an odd number of its arguments has.
---@param x number
---@param ... number
---@return integer
function bit.bxor(x, ...) end

--- Shifts to the left.
---@param x number
---@param n number
---@return integer
function bit.lshift(x, n) end

--- Rotates to the left.
---@param x number
---@param n number
---@return integer
function bit.rol(x, n) end

--- Rotates to the right.
---@param x number
---@param n number
---@return integer
function bit.ror(x, n) end

--- Shifts to the right and fills with zeros.
---@param x number
---@param n number
---@return integer
function bit.rshift(x, n) end

--- A number as the signed integer of 32 bits that it is taken for.
---@param x number
---@return integer
function bit.tobit(x) end

--- A number in hexadecimal digits, eight or as many as asked for.
---@param x number
---@param digits? integer
---@return string
function bit.tohex(x, digits) end

--- Functions that stop in between and go on later.
---@class coroutinelib
coroutine = {}

--- Makes a coroutine of a function.
---@keeps
---@param f function
---@return thread
function coroutine.create(f) end

--- Whether what runs may yield.
---@return boolean
function coroutine.isyieldable() end

--- Goes on with a coroutine: `true` and what it yields or returns, or `false` and the error.
---@param co thread
---@param ... any
---@return boolean ok
---@return any ...
function coroutine.resume(co, ...) end

--- The coroutine that runs, and whether it is the main one.
---@return thread
---@return boolean main
function coroutine.running() end

--- What a coroutine does: `"running" "suspended" "normal" "dead"`.
---@keeps
---@param co thread
---@return string
function coroutine.status(co) end

--- Makes a function that goes on with a coroutine each time it is called.
---@keeps
---@param f function
---@return function
function coroutine.wrap(f) end

--- Stops the coroutine that runs, and gives values to whoever resumed it.
---@param ... any
---@return any ...
function coroutine.yield(...) end

--- What only reads of Lua's `debug`.
---@class debuglib
debug = {}

--- What is known of a function or of a level of the stack, without the functions of the stack.
---@keeps
---@param target function|integer|thread
---@param ... any
---@return table?
function debug.getinfo(target, ...) end

--- As the global `getmetatable`.
---@param object any
---@return any
function debug.getmetatable(object) end

--- A message with where the program is.
---@param message? any
---@param level? integer
---@return any
function debug.traceback(message, level) end

--- What LuaJIT says of itself; its switches do nothing.
---@class jitlib
---@field arch string The processor's architecture: `"x64"`.
---@field os string The system: `"Linux"`.
---@field version string LuaJIT's version as a text.
---@field version_num integer LuaJIT's version as a number.
jit = {}

--- Does nothing.
---@param ... any
function jit.flush(...) end

--- Does nothing.
---@param ... any
function jit.off(...) end

--- Does nothing.
---@param ... any
function jit.on(...) end

--- Says that the compiler is on.
---@return boolean
function jit.status() end

--- The clock and the environment.
---@class oslib
os = {}

--- Seconds of CPU time that the process has used.
---@return number
function os.clock() end

--- A time as a text, by a format of up to 4096 bytes; with `"*t"` as a table.
---@param format? string
---@param time? number
---@return string|table
function os.date(format, time) end

--- The seconds between two times.
---@param later number
---@param earlier? number
---@return number
function os.difftime(later, earlier) end

--- A variable of the environment; `nil` in the build.
---@param name string
---@return string?
function os.getenv(name) end

--- Unix seconds: of now, or of a table with `year`, `month`, `day` and more; 0 in the build.
---@param at? table
---@return number
function os.time(at) end

--- How modules are found.
---@class packagelib
---@field config string The separators of `path`.
---@field cpath string Empty: modules in C are not loaded.
---@field loaded table<string, any> The modules that are loaded, by name.
---@field loaders function[] What is asked for a module, one after the other.
---@field path string Where modules stand, beside the manifest.
---@field preload table<string, function> Functions that give a module, by its name.
package = {}
