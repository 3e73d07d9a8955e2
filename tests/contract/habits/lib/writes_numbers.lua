-- Numbers, texts and statements that not every Lua has.
;
local hex, power, big, bits = 0x1.8p3, 0x1p4, 1LL, 0xFFULL
local long = "a\z
              b\
c\x41\u{20AC}"
local n = 0;;
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  n = n + i
  ::continue::
end
while true do break; n = 100 end
return { hex = hex, power = power, big = tostring(big), bits = tostring(bits), long = long:gsub("\n", "|"), n = n; }
