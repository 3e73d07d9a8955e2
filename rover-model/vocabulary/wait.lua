---@meta _
-- Words of handlers that wait: while one does, its worker serves other requests.

--- Lets a time pass, in seconds.
---@waits
---@param seconds number
function rover.sleep(seconds) end

--- Calls functions at the same time and gives their first results as a list, in the functions' order; with `fn` it calls that for each item, at most `limit` at a time.
---@waits
---@param list table
---@param fn? fun(item: any): any
---@param options? rover.AllOptions
---@return table
function rover.all(list, fn, options) end

--- The options of `rover.all`.
---@class rover.AllOptions
--- How many calls run at the same time.
---@default all of them
---@field limit? integer

--- Calls functions at the same time and gives what the first one that ends returns; the others are cancelled.
---@waits
---@param functions function[]
---@return any
function rover.race(functions) end

--- Runs a function in the background: the request does not wait for it.
---@keeps
---@param fn function
---@param ... any
function rover.spawn(fn, ...) end

--- Runs a function again and again with so many seconds in between, on one worker of the process; it stands at the top level.
---@keeps
---@param seconds number
---@param fn fun()
function rover.every(seconds, fn) end

--- Runs a function at the times of five fields in UTC, minute, hour, day, month and weekday (`"0 3 * * *"`), on one worker of the process; it stands at the top level.
---@keeps
---@param times string
---@param fn fun()
function rover.cron(times, fn) end

--- Runs a function once, on one worker, before the server is ready; it stands at the top level.
---@keeps
---@param fn fun()
function rover.on_start(fn) end

--- Runs a function once, on one worker, when the server stops; it stands at the top level.
---@keeps
---@param fn fun()
function rover.on_stop(fn) end

--- Calls a function: what it returns, or `nil` and the error.
---@param f function
---@param ... any
---@return any ...
function rover.try(f, ...) end

--- What waiting words raise where they fail, and `rover.try` gives.
---@class rover.WaitError
--- What went wrong, in one word: `"timeout" "connect" "tls" "closed" "cancelled"`.
---@field kind string
--- What went wrong, as a sentence.
---@field message string
--- The system's or the other side's own code, where there is one.
---@field code? string|integer
--- Whether the same may succeed later.
---@field retryable boolean
