---@meta _
-- The basic functions as programs have them: LuaJIT's, with its extensions of Lua 5.2.

--- All globals of the program.
---@type table<string, any>
_G = {}

--- The version of the language: `"Lua 5.1"`.
---@type string
_VERSION = nil

--- Gives its values back, or raises the message where the first is `nil` or `false`; a response as the message is the answer.
---@param value any
---@param message? any
---@param ... any
---@return any ...
function assert(value, message, ...) end

--- Gives the kilobytes that the VM uses for `"count"`; anything else that it is asked does nothing and gives 0.
---@param option? string
---@param argument? number
---@return number
function collectgarbage(option, argument) end

--- Ends what runs with an error; a response as the message is the answer.
---@param message? any
---@param level? integer
function error(message, level) end

--- The kilobytes that the VM uses, as `collectgarbage "count"` gives them.
---@return number
function gcinfo() end

--- The environment of a function of the program, or of a level of the stack.
---@keeps
---@param target? function|integer
---@return table
function getfenv(target) end

--- The metatable of a value, or what its `__metatable` holds.
---@param object any
---@return any
function getmetatable(object) end

--- Goes through the items 1, 2, 3, ... of a table up to the first `nil`: `for i, item in ipairs(t) do`.
---@param t table
---@return function iterator
---@return table t
---@return integer start
function ipairs(t) end

--- Compiles a text, or the pieces that a function gives, up to 1 MiB; `nil` and a message where it is no Lua.
---@param chunk string|function
---@param name? string
---@param mode? string
---@param env? table
---@return function?
---@return string? message
function load(chunk, name, mode, env) end

--- Compiles a text of up to 1 MiB; `nil` and a message where it is no Lua.
---@param text string
---@param name? string
---@return function?
---@return string? message
function loadstring(text, name) end

--- The key that follows another in a table, and its value; `nil` after the last one.
---@param t table
---@param key? any
---@return any key
---@return any value
function next(t, key) end

--- Goes through all keys of a table: `for key, value in pairs(t) do`.
---@param t table
---@return function iterator
---@return table t
---@return nil start
function pairs(t) end

--- Calls a function: `true` and its results, or `false` and the error.
---@param f function
---@param ... any
---@return boolean ok
---@return any ...
function pcall(f, ...) end

--- Writes its arguments to the server's log, with the request's id.
---@param ... any
function print(...) end

--- Compares two values without their `__eq`.
---@param a any
---@param b any
---@return boolean
function rawequal(a, b) end

--- Reads a table without its `__index`.
---@param t table
---@param key any
---@return any
function rawget(t, key) end

--- The length of a table or a text without its `__len`.
---@param value table|string
---@return integer
function rawlen(value) end

--- Writes into a table without its `__newindex`.
---@param t table
---@param key any
---@param value any
---@return table
function rawset(t, key, value) end

--- What a module of the program returns: `lib/store.lua` or `lib/store/init.lua` beside the manifest for `"lib.store"`.
---@param name string
---@return any
function require(name) end

--- The arguments from a place on, or with `"#"` how many there are.
---@param n integer|"#"
---@param ... any
---@return any ...
function select(n, ...) end

--- Gives a function of the program another environment.
---@keeps
---@param target function|integer
---@param env table
---@return any
function setfenv(target, env) end

--- Gives a table a metatable, and gives the table back.
---@param t table
---@param metatable table?
---@return table
function setmetatable(t, metatable) end

--- The number that a text stands for, or `nil`.
---@param value any
---@param base? integer
---@return number?
function tonumber(value, base) end

--- A value as a text, by its `__tostring` where it has one.
---@param value any
---@return string
function tostring(value) end

--- The name of a value's type: `"nil" "boolean" "number" "string" "table" "function" "thread" "userdata"`.
---@param value any
---@return string
function type(value) end

--- The items of a list as values.
---@param list table
---@param first? integer
---@param last? integer
---@return any ...
function unpack(list, first, last) end

--- Calls a function: `true` and its results, or `false` and what the handler makes of the error.
---@param f function
---@param handler function
---@param ... any
---@return boolean ok
---@return any ...
function xpcall(f, handler, ...) end
