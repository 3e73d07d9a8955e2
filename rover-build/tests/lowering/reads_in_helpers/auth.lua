local M = {}

local function token(c) return c:headers().authorization end

function M.user(ctx) return token(ctx) and ctx:cookies().session end

-- Stays: used as a value, too.
function M.kept(ctx) return ctx:query().a end
M.also = M.kept

return M
