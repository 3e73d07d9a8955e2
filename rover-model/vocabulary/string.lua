---@meta _
-- Lua's `string` as programs have it.

--- Functions of texts, which are methods of every text too: `name:upper()`.
---@class stringlib
string = {}

--- The bytes of a text as numbers.
---@param s string
---@param first? integer
---@param last? integer
---@return integer ...
function string.byte(s, first, last) end

--- A text of bytes.
---@param ... integer
---@return string
function string.char(...) end

--- Where a pattern is found: the first and the last byte, and its captures; `nil` where it is not.
---@param s string
---@param pattern string
---@param init? integer
---@param plain? boolean
---@return integer? first
---@return integer? last
---@return any ...
function string.find(s, pattern, init, plain) end

--- A text by a format such as `"%d items at %.2f"`.
---@param format string
---@param ... any
---@return string
function string.format(format, ...) end

--- Goes through all matches of a pattern: `for word in text:gmatch "%a+" do`.
---@param s string
---@param pattern string
---@return function
function string.gmatch(s, pattern) end

--- Replaces the matches of a pattern: the text, and how many there were.
---@param s string
---@param pattern string
---@param replacement string|number|table|function
---@param n? integer
---@return string
---@return integer count
function string.gsub(s, pattern, replacement, n) end

--- The number of bytes of a text.
---@param s string
---@return integer
function string.len(s) end

--- A text with small letters.
---@param s string
---@return string
function string.lower(s) end

--- What a pattern captures, or the whole match; `nil` where it does not match.
---@param s string
---@param pattern string
---@param init? integer
---@return any ...
function string.match(s, pattern, init) end

--- A text so many times, with a separator between.
---@param s string
---@param n integer
---@param separator? string
---@return string
function string.rep(s, n, separator) end

--- The bytes of a text in the other order.
---@param s string
---@return string
function string.reverse(s) end

--- The bytes of a text from one place to another; negative ones count from the end.
---@param s string
---@param first integer
---@param last? integer
---@return string
function string.sub(s, first, last) end

--- A text with capital letters.
---@param s string
---@return string
function string.upper(s) end
