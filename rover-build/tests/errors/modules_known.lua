local api = rover.server {}
local json = require "cjson"
local lfs = require "lfs"
local http = require "socket.http"
local ffi = require "ffi"
local pl = require "pl.tablex"
return api
