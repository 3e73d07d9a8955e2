-- Names that are not ASCII, in UTF-8.
local größe, 値 = 1, { straße = 2 }
local function höhe(breite) return breite * größe end
return { höhe = höhe(3), straße = 値.straße, text = "ü" }
