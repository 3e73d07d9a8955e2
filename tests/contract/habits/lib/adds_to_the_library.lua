-- Adds to the library's tables, and replaces what is there.
function string.split(s, separator)
  local parts = {}
  for part in (s .. separator):gmatch("(.-)" .. separator:gsub("%p", "%%%0")) do parts[#parts + 1] = part end
  return parts
end
table.unpack = table.unpack or unpack
table.pack = table.pack or function(...) return { n = select("#", ...), ... } end
rawset(math, "tau", 2 * math.pi)
local upper = string.upper
function string.upper(s) return upper(s) .. "!" end
os.exit = function() error("no exit") end
return { tau = function() return math.tau > 6.28 and math.tau < 6.29 end }
