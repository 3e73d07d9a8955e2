-- Puts modules where `require` looks for them.
package.preload["made.first"] = function(name) return { name = name, how = "preload" } end
package.loaded["made.second"] = { how = "loaded" }
table.insert(package.loaders, 2, function(name)
  if name == "made.third" then return function(n) return { name = n, how = "loader" } end end
  return "\n\tno third"
end)
return { require("made.first"), require "made.second", require "made.third" }
