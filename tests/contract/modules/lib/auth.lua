local M = {}

function M.user(ctx) return ctx:headers()["x-user"] end

-- What is called is what is there in the end.
function M.first(ctx) return ctx:query().a end
if M.first then M.first = function(c) return c:query().b .. tostring(c:get("set")) end end

function M.second(ctx) return ctx:query().a end
M.second, M.third = function(c) return c:query().b .. tostring(c:get("set")) end, 3

function M.fourth(ctx) return ctx:query().a end
local function replace() M.fourth = function(c) return c:query().b .. tostring(c:get("set")) end end
replace()

return M
