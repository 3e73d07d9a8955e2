local api = rover.server {}
local g = rover.guard
local LIMIT = 3

-- Used or not.
local a = g:strin()
local b = g:number():enum { "a" }
local c = g:boolean():min(1)
local d = g:string():requird()
local e = g:string():min("x")
local f = g:integer():min(5):max(LIMIT)
local h = g:string():format("emial")
local i = g:string():pattern("[a-z")
local j = g:string():enum { "a", "b" }:default("c")
local k = g:string():enum("a", "b")
local l = g:string(1)
local m = g:array("string")
local n = g:object { name = g:string():len(5, 2) }
local o = g:array(unknown):pattern("x")
local p = rover.guard:object { a = g:number():default("1") }
local q = g:string():len(-1)
local r = g:object()
local s = g.string("x")
local t = g:string():min(1, 2)
local u = g:number():max(1 / 0):min(-math.huge)

function api.get()
  return { x = g:any():len(2) }
end

return api
