-- Größe: a comment and texts that are not UTF-8.
local größe = "é"
local t = { straße = 1 }
return { bytes = function() return #größe, größe:byte() end, field = t["straße"] }
