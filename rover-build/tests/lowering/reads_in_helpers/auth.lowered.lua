local M = {}

local function token(c) --[[budget]]  return __rover.header("authorization") end

function M.user(ctx) --[[budget]]  return token(ctx) and __rover.cookie("session") end

-- Stays: used as a value, too.
function M.kept(ctx) --[[budget]]  return ctx:query().a end
M.also = M.kept

return M
