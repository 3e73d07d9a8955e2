---@meta _
-- State that all workers have in common.

--- A store that all workers share, by its name: in the memory of the process, or where the option `state` says. It stands at the top level.
---@param name string
---@param options? rover.StoreOptions
---@return rover.Store
function rover.shared(name, options) end

--- What `rover.shared` gives. A key is a text; a value is what JSON can hold. A table is copied when it is stored and when it is read. Nothing waits, unless the option `state` is given: then all of it does.
---@class rover.Store
local Store = {}

--- The value of a key; `nil` where there is none.
---@state
---@param key string|number
---@return any
function Store:get(key) end

--- Gives a key a value; `nil` removes it. With `if_absent` only where there is none: whether that was so.
---@state
---@param key string|number
---@param value any
---@param options? rover.StoreSet
---@return boolean
function Store:set(key, value, options) end

--- Gives a key a value where it has none: whether that was so.
---@state
---@param key string|number
---@param value any
---@param options? rover.StoreAdd
---@return boolean
function Store:add(key, value, options) end

--- Adds to the number of a key, which begins at 0: what it is then. `ttl` counts from when it begins.
---@also increment incrby
---@state
---@param key string|number
---@param by? number
---@param options? rover.StoreAdd
---@return number
function Store:incr(key, by, options) end

--- Removes a key: whether it was there.
---@also remove del
---@state
---@param key string|number
---@return boolean
function Store:delete(key) end

--- Gives a key what a function makes of its value, with no change of others in between; `nil` removes it. The function may be called again where others were faster, and must not wait.
---@state
---@param key string|number
---@param fn fun(value: any): any
---@return any
function Store:update(key, fn) end

--- The keys that begin with a text, or all, as a list in the order of their bytes.
---@state
---@param prefix? string
---@return string[]
function Store:keys(prefix) end

--- Removes all.
---@also flush_all
---@state
function Store:clear() end

--- How many keys there are.
---@state
---@return integer
function Store:size() end

--- The options of a store.
---@class rover.StoreOptions
--- What its keys and values take at most.
---@also size capacity max_size
---@default "64MiB"
---@field max_bytes? integer|string
--- What happens to a value for which there is no room: `"evict"` drops what was used least recently, `"error"` raises an error of the kind `"full"`.
---@default "evict"
---@field on_full? "evict"|"error"

--- How a value is stored.
---@class rover.StoreAdd
--- When it is gone: seconds, or a text such as `"30s"`, `"24h"` or `"7d"`.
---@also ttl_seconds expire expires
---@field ttl? number|string

--- How `set` stores a value.
---@class rover.StoreSet : rover.StoreAdd
--- Only where the key has no value.
---@also nx
---@field if_absent? boolean

--- A cache that all workers share, by its name: in the memory of the process, or where the option `state` says. It stands at the top level.
---@param name string
---@param options? rover.CacheOptions
---@return rover.Cache
function rover.cache(name, options) end

--- What `rover.cache` gives. Where the option `state` is given, all of it waits.
---@class rover.Cache
local Cache = {}

--- The value of a key. Where there is none, a function makes it, once however many ask: the others wait for it. An error is not kept.
---@also get_or_set remember
---@waits
---@param key string|number
---@param ttl number|string
---@param fn fun(key: string): any
---@return any
function Cache:fetch(key, ttl, fn) end

--- Removes a key: whether it was there.
---@state
---@param key string|number
---@return boolean
function Cache:delete(key) end

--- Removes all.
---@state
function Cache:clear() end

--- The options of a cache.
---@class rover.CacheOptions
--- What its keys and values take at most; what was used least recently goes first.
---@default "64MiB"
---@field max_bytes? integer|string
--- How long a value is given after its time, while one request makes a new one: seconds, or a text such as `"30s"`.
---@also stale_while_revalidate
---@default none
---@field stale? number|string

--- The option `state` where more than an address is said.
---@class rover.StateOptions
--- The address of the server, such as `"redis://user:password@host:6379/0"`, `"rediss://host"` or `"unix:/run/redis.sock"`.
---@default the memory of the process
---@field url? string
--- What its keys begin with: programs of one name share their state.
---@also prefix namespace
---@default the program's name
---@field name? string
--- How long a question may take, with the connection that it may need: seconds, or a text such as `"250ms"`.
---@default "2s"
---@field timeout? number|string
--- How the server's certificate is checked.
---@field tls? rover.HttpTls
