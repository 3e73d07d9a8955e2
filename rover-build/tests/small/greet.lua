return function(name) return "Hello, " .. tostring(name) end
