---@meta _
-- Lua's `math` as programs have it.

--- Functions of numbers.
---@class mathlib
---@field huge number A value that is larger than any other number.
---@field pi number The ratio of a circle's circumference to its diameter.
math = {}

--- The absolute value.
---@param x number
---@return number
function math.abs(x) end

--- The arc cosine in radians.
---@param x number
---@return number
function math.acos(x) end

--- The arc sine in radians.
---@param x number
---@return number
function math.asin(x) end

--- The arc tangent in radians.
---@param x number
---@return number
function math.atan(x) end

--- The arc tangent of `y / x` in radians, in the quadrant that the signs of both say.
---@param y number
---@param x number
---@return number
function math.atan2(y, x) end

--- The least integer that is not below a number.
---@param x number
---@return number
function math.ceil(x) end

--- The cosine of an angle in radians.
---@param x number
---@return number
function math.cos(x) end

--- The hyperbolic cosine.
---@param x number
---@return number
function math.cosh(x) end

--- An angle in degrees.
---@param x number
---@return number
function math.deg(x) end

--- e to the power of a number.
---@param x number
---@return number
function math.exp(x) end

--- The greatest integer that is not above a number.
---@param x number
---@return number
function math.floor(x) end

--- The rest of a division, with the sign of the first number.
---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

--- A number as `m * 2 ^ e`: `m` and `e`.
---@param x number
---@return number m
---@return integer e
function math.frexp(x) end

--- `m * 2 ^ e`.
---@param m number
---@param e number
---@return number
function math.ldexp(m, e) end

--- The logarithm to the base e or another.
---@param x number
---@param base? number
---@return number
function math.log(x, base) end

--- The logarithm to the base 10.
---@param x number
---@return number
function math.log10(x) end

--- The greatest of its arguments.
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

--- The least of its arguments.
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

--- The integer part of a number and its fraction.
---@param x number
---@return number integer
---@return number fraction
function math.modf(x) end

--- `x ^ y`.
---@param x number
---@param y number
---@return number
function math.pow(x, y) end

--- An angle in radians.
---@param x number
---@return number
function math.rad(x) end

--- A random number from 0 to 1, from 1 to `m`, or from `m` to `n`; seeded by the system unless the program gives a seed.
---@param m? number
---@param n? number
---@return number
function math.random(m, n) end

--- Gives the random numbers a seed.
---@param seed? number
function math.randomseed(seed) end

--- The sine of an angle in radians.
---@param x number
---@return number
function math.sin(x) end

--- The hyperbolic sine.
---@param x number
---@return number
function math.sinh(x) end

--- The square root.
---@param x number
---@return number
function math.sqrt(x) end

--- The tangent of an angle in radians.
---@param x number
---@return number
function math.tan(x) end

--- The hyperbolic tangent.
---@param x number
---@return number
function math.tanh(x) end
