-- Finds its own files by the name that it was required by.
local PATH = ... .. "."
local folder = (...):match("^(.-)[^%.]+$")
local first = require(PATH .. "first")
local names = { "second", "third" }
local found = { first }
for _, name in ipairs(names) do found[#found + 1] = require((...) .. "." .. name) end
return {
  found = found,
  later = function() return require(PATH .. "later") end,
  any = setmetatable({}, { __index = function(_, name) return require(PATH .. "parts." .. name) end }),
  beside = function() return require(folder .. "sets_globals") == require "lib.sets_globals" end,
}
