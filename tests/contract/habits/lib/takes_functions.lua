-- Takes functions that it may never call.
local write, stderr, open = io.write, io.stderr, io.open
local popen = io.popen
local sethook, getupvalue = debug.sethook, debug.getupvalue
local loadlib = package and package.loadlib
local here = debug.getinfo(1, "Sl")
local traced = debug.traceback("traced", 1)
local separator = package.config:sub(1, 1)
package.path = package.path .. ";/usr/share/lua/?.lua"
local proxy = newproxy and newproxy() or {}
local function whom() return debug.getinfo(2, "n").name, debug.getinfo(whom or 1, "S").short_src end
local function named() local name, source = whom() return name .. source end
return {
  absent = popen == nil and sethook == nil and getupvalue == nil and loadlib == nil and debug.setmetatable == nil,
  here = here.short_src .. ":" .. here.currentline, traced = traced:match("^traced\nstack traceback:") ~= nil,
  separator = separator, path = package.path:sub(-4), proxy = proxy ~= nil,
  writes = function() return pcall(write, "x") end,
  opens = function() return pcall(open, "x", "w") end,
  -- A template's text, or the file that has it.
  reads = function(text)
    local file, absent, code = open(text, "rb")
    if file then return file:read("*a") end
    return text, absent, code
  end,
  stderr = function() return pcall(stderr.write, stderr, "x") end,
  at = function() return debug.getinfo(1, "l").currentline end,
  func = debug.getinfo(1, "f").func == nil and debug.getinfo(named).func == named,
}
