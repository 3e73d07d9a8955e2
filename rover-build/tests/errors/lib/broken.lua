-- A module whose first mistake is told where it stands.
local größe = 1 local x = 5 // 2
return x
