---@meta _
-- Lua's `table` as programs have it.

--- Functions of tables.
---@class tablelib
table = {}

--- Removes all that is in a table.
---@param t table
function table.clear(t) end

--- The items of a list as one text, with a separator between.
---@param list table
---@param separator? string
---@param first? integer
---@param last? integer
---@return string
function table.concat(list, separator, first, last) end

--- Calls a function with each key and value, until it gives something.
---@param t table
---@param f function
---@return any
function table.foreach(t, f) end

--- Calls a function with each index and item of a list, until it gives something.
---@param list table
---@param f function
---@return any
function table.foreachi(list, f) end

--- The length of a list; `#list` is the same.
---@param list table
---@return integer
function table.getn(list) end

--- Adds an item to a list, at its end or at a position from 1 to 2^31 - 1.
---@param list table
---@param position integer
---@param value any
---@overload fun(list: table, value: any)
function table.insert(list, position, value) end

--- The largest number among a table's keys.
---@param t table
---@return number
function table.maxn(t) end

--- Copies items of a list to another place of it, or of another list, which it gives back.
---@param from table
---@param first integer
---@param last integer
---@param at integer
---@param to? table
---@return table
function table.move(from, first, last, at, to) end

--- An empty table with room for so many items and fields.
---@param items integer
---@param fields integer
---@return table
function table.new(items, fields) end

--- A list of its arguments, with their number in `n`.
---@param ... any
---@return table
function table.pack(...) end

--- Takes an item out of a list, the last one or that of a position.
---@param list table
---@param position? integer
---@return any
function table.remove(list, position) end

--- Sorts a list in place, by `<` or by a function that says whether one item comes before another.
---@param list table
---@param before? fun(a: any, b: any): boolean
function table.sort(list, before) end

--- The items of a list as values.
---@param list table
---@param first? integer
---@param last? integer
---@return any ...
function table.unpack(list, first, last) end
