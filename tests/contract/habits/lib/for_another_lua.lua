-- Is no LuaJIT, and is only tried.
return function(a, b) return a // b end
