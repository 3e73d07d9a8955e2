-- Takes the library by `require`, also what may not be there.
local bit = require "bit"
local string, table, math = require "string", require("table"), require 'math'
local has_new, new = pcall(require, "table.new")
local has_clear, clear = pcall(require, "table.clear")
local has_ffi = pcall(require, "ffi")
local has_lpeg, lpeg = pcall(require, "lpeg")
local list = has_new and new(4, 0) or {}
list[1] = 1
if has_clear then clear(list) end
return {
  same = string == _G.string and table == _G.table and package.loaded.math == math,
  bits = bit.bor(1, 6), count = #list, ffi = has_ffi, lpeg = has_lpeg,
  message = tostring(lpeg):match("^module 'lpeg' not found:") ~= nil,
  jit = jit and type(jit.version) == "string" and require "jit" == jit,
  optional = function() return require "lib.is_not_there" end,
  when_called = function() if jit == nil then return require "lib.neither" end return "not needed" end,
}
