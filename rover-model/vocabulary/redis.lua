---@meta _
-- `rover.redis`: Redis and Valkey.

--- A server of Redis or Valkey: a text such as `"redis://user:password@host:6379/0"`, `"rediss://host"` or `"unix:/run/redis.sock"`. It stands at the top level, and each worker connects when it asks first.
---@needs net
---@param url string
---@param options? rover.RedisOptions
---@return rover.Redis
function rover.redis(url, options) end

--- What `rover.redis` gives. Keys and values are texts or numbers; what comes back are texts, integers as numbers, lists, and `nil` for what is not there, which is `rover.null` in a list.
---@class rover.Redis
local Redis = {}

--- The text of a key; `nil` where there is none.
---@waits
---@needs net
---@param key string|number
---@return string?
function Redis:get(key) end

--- Gives a key a text: whether it has it, which `if_absent` may prevent.
---@waits
---@needs net
---@param key string|number
---@param value string|number
---@param options? rover.RedisSet
---@return boolean
function Redis:set(key, value, options) end

--- Removes keys: how many there were.
---@also delete remove unlink
---@waits
---@needs net
---@param key string|number
---@param ... string|number
---@return integer
function Redis:del(key, ...) end

--- Adds to the number of a key, which begins at 0: what it is then.
---@also increment incrby
---@waits
---@needs net
---@param key string|number
---@param by? integer
---@return integer
function Redis:incr(key, by) end

--- Takes from the number of a key, which begins at 0: what it is then.
---@also decrement decrby
---@waits
---@needs net
---@param key string|number
---@param by? integer
---@return integer
function Redis:decr(key, by) end

--- Says when a key is gone: seconds, or a text such as `"30s"`. Whether there is such a key.
---@also pexpire
---@waits
---@needs net
---@param key string|number
---@param ttl number|string
---@return boolean
function Redis:expire(key, ttl) end

--- For how many seconds a key stays; -1 for ever, -2 where there is none.
---@waits
---@needs net
---@param key string|number
---@return integer
function Redis:ttl(key) end

--- Whether there is a key.
---@waits
---@needs net
---@param key string|number
---@return boolean
function Redis:exists(key) end

--- The text of a field of a hash; `nil` where there is none.
---@waits
---@needs net
---@param key string|number
---@param field string|number
---@return string?
function Redis:hget(key, field) end

--- Sets a field of a hash, or the fields of a table: how many are new.
---@also hmset
---@waits
---@needs net
---@param key string|number
---@param field string|number|table
---@param value? string|number
---@return integer
function Redis:hset(key, field, value) end

--- The fields of a hash, as a table; empty where there is none.
---@waits
---@needs net
---@param key string|number
---@return table
function Redis:hgetall(key) end

--- Removes fields of a hash: how many there were.
---@waits
---@needs net
---@param key string|number
---@param field string|number
---@param ... string|number
---@return integer
function Redis:hdel(key, field, ...) end

--- Puts values before a list, each before those before it: how many it has then.
---@waits
---@needs net
---@param key string|number
---@param value string|number
---@param ... string|number
---@return integer
function Redis:lpush(key, value, ...) end

--- Puts values behind a list: how many it has then.
---@waits
---@needs net
---@param key string|number
---@param value string|number
---@param ... string|number
---@return integer
function Redis:rpush(key, value, ...) end

--- Takes the first value of a list; `nil` where there is none.
---@waits
---@needs net
---@param key string|number
---@return string?
function Redis:lpop(key) end

--- Takes the last value of a list; `nil` where there is none.
---@waits
---@needs net
---@param key string|number
---@return string?
function Redis:rpop(key) end

--- The values of a list from one place to another: 0 is the first, -1 the last.
---@waits
---@needs net
---@param key string|number
---@param first integer
---@param last integer
---@return string[]
function Redis:lrange(key, first, last) end

--- Adds members to a set: how many are new.
---@waits
---@needs net
---@param key string|number
---@param member string|number
---@param ... string|number
---@return integer
function Redis:sadd(key, member, ...) end

--- Removes members of a set: how many there were.
---@waits
---@needs net
---@param key string|number
---@param member string|number
---@param ... string|number
---@return integer
function Redis:srem(key, member, ...) end

--- The members of a set, in no order.
---@waits
---@needs net
---@param key string|number
---@return string[]
function Redis:smembers(key) end

--- Gives a member of a sorted set its score, or the members of a table theirs: how many are new.
---@waits
---@needs net
---@param key string|number
---@param score number|table
---@param member? string|number
---@return integer
function Redis:zadd(key, score, member) end

--- The members of a sorted set from one place to another: 0 is the one with the lowest score, -1 the last.
---@also zrevrange
---@waits
---@needs net
---@param key string|number
---@param first integer
---@param last integer
---@param options? rover.RedisRange
---@return table
function Redis:zrange(key, first, last, options) end

--- Sends a message to all who listen to a channel: how many there are.
---@waits
---@needs net
---@param channel string
---@param message string|number
---@return integer
function Redis:publish(channel, message) end

--- Calls a function with each message of a channel, and the channel's name, on one worker of the process; it stands at the top level.
---@also on listen psubscribe
---@keeps
---@needs net
---@param channel string
---@param fn fun(message: string, channel: string)
---@param options? rover.RedisSubscription
function Redis:subscribe(channel, fn, options) end

--- Any other command, with its arguments: what the server answers.
---@also command send_command
---@waits
---@needs net
---@param name string
---@param ... string|number
---@return any
function Redis:call(name, ...) end

--- Calls a function with an object that has these methods, all of which give nothing: what it says is sent at once, and what comes back is a list.
---@also multi transaction
---@waits
---@needs net
---@param fn fun(p: rover.Redis)
---@param options? rover.RedisPipeline
---@return any[]
function Redis:pipeline(fn, options) end

--- Runs a script in the server: what it gives. In it the keys are `KEYS`, the others `ARGV`.
---@waits
---@needs net
---@param script string
---@param keys? string[]
---@param args? table
---@return any
function Redis:eval(script, keys, args) end

--- The options of `rover.redis`.
---@class rover.RedisOptions
--- How long a call may take, with the connection that it may need: seconds, or a text such as `"250ms"`. An error of the kind `"timeout"` after it.
---@default "5s"
---@field timeout? number|string
--- How the other side's certificate is checked.
---@field tls? rover.HttpTls

--- How `set` stores a text.
---@class rover.RedisSet
--- When it is gone: seconds, or a text such as `"30s"`, `"24h"` or `"7d"`.
---@also ex px expire
---@field ttl? number|string
--- Only where the key has no value.
---@also nx
---@default false
---@field if_absent? boolean

--- What `zrange` gives.
---@class rover.RedisRange
--- Each member with its score: `{ member = "a", score = 1 }`.
---@also withscores
---@default false
---@field scores? boolean
--- From the highest score to the lowest.
---@also rev
---@default false
---@field reverse? boolean

--- Which channels are listened to.
---@class rover.RedisSubscription
--- The name is a pattern, for all channels that have it: `"news.*"`.
---@default false
---@field pattern? boolean

--- How a pipeline is run.
---@class rover.RedisPipeline
--- Nothing of others comes in between: the commands are a transaction of the server's.
---@also multi transaction
---@default false
---@field atomic? boolean
