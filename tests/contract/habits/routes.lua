#!/usr/bin/env rover
-- What files that people have do when they are loaded, each in a file named after it.
local api = rover.server { workers = 1 }

local added = require "lib.adds_to_the_library"
function api.added.get()
  local a, b = table.unpack { 1, 2 }
  return { parts = ("a,b"):split(","), sum = a + b, packed = table.pack(1, nil).n, tau = added.tau(), upper = ("x"):upper() }
end
function api.added.locked.get()
  local refused = 0
  for _, t in ipairs { string, table, math, os } do
    if not pcall(function() t.planted = 1 end) then refused = refused + 1 end
  end
  return { refused = refused, exit = select(2, pcall(os.exit)):match "no exit" }
end

local strings = require "lib.indexes_strings"
function api.strings.get()
  -- The table that the file has is not the one of strings any more.
  strings.mt.__index = nil
  local changed = strings.changed_later()
  return { second = ("abc")[2], sum = ("a" + "b"), changed = changed, upper = ("x"):lower() }
end

require "lib.sets_globals"
function api.globals.get() return { name = tostring(class "Name"), module = require "lib.sets_globals" == class } end

local library = require "lib.requires_the_library"
function api.library.get()
  local ok, message = pcall(library.optional)
  return {
    same = library.same, bits = library.bits, count = library.count, ffi = library.ffi, lpeg = library.lpeg,
    message = library.message, jit = library.jit, optional = ok,
    says = message:match "module 'lib.is_not_there' not found:", not_needed = library.when_called(),
  }
end

local taken = require "lib.takes_functions"
function api.taken.get()
  local write, said = taken.writes()
  return {
    absent = taken.absent, here = taken.here, traced = taken.traced, separator = taken.separator,
    path = taken.path, proxy = taken.proxy, write = write, said = said, open = (taken.opens()), read = { taken.reads("Hi {{name}}") },
    stderr = (taken.stderr()), at = taken.at(), func = taken.func,
  }
end

local needs = require "lib.needs"
function api.needs.get() 
  return { found = needs.found, later = needs.later(), beside = needs.beside(), any = { needs.any.one, needs.any.deep } }
end

local has_optional, why = pcall(require, "lib.optional")
local has_extra, extra = pcall(require, "lib.extra")
local slashed = require "lib/extra"
local has_other = pcall(require, "lib.for_another_lua")
local _, caught = xpcall(require, function() return "caught" end, "lib.not_there")
function api.optional.get()
  return {
    optional = has_optional, why = tostring(why):match "module 'lib.of_another_program' not found:",
    extra = has_extra and extra.name, slashed = slashed.name, other = has_other, caught = caught,
  }
end

local cycle = require "lib.cycle_a"
function api.cycle.get() return cycle.b end
function api.own.get() return require "lib.own_require" end
local made = require "lib.registers_itself"
function api.made.get() return made end
function api.made.locked.get()
  return {
    loaded = pcall(function() package.loaded["made.fourth"] = 1 end),
    preload = pcall(rawset, package.preload, "made.fourth", 1),
    loaders = pcall(table.insert, package.loaders, 1),
    again = require "made.third" == made[3],
  }
end

local shell, latin, letters, numbers =
  require "lib.for_the_shell", require "lib.in_latin1", require "lib.in_other_letters", require "lib.writes_numbers"
function api.written.get()
  local length, byte = latin.bytes()
  return { line = shell.line, length = length, byte = byte, field = latin.field, letters = letters, numbers = numbers }
end

return api
