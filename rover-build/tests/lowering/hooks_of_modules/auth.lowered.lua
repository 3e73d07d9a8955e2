local M = {}

function M.token(ctx) --[[budget]] 
  if __rover.header("authorization") ~= "Bearer secret" then return (__rover.reply(3)) end
end
M.mark = function(ctx, response) --[[budget]]  response:header("x-path", __rover.path()) end
function M.who(ctx) --[[budget]]  return (__rover.reply(1)) end
local function named(ctx) --[[budget]] 
  if __rover.query("q") == "first" then return (__rover.reply(4)) end
end
M.named = named

function M.called(ctx) --[[budget]] 
  if ctx:query().q == "called" then return { called = true } end
end
function M.inside(ctx) --[[budget]] 
  if ctx:query().q == "inside" then return { inside = M.inside ~= nil } end
end
local function kept(ctx) --[[budget]] 
  if ctx:query().q == "kept" then return { kept = true } end
end
M.kept = kept
M.list = { kept }

return M
