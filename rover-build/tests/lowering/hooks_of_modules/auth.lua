local M = {}

function M.token(ctx)
  if ctx:headers().authorization ~= "Bearer secret" then return { token = ctx:cookies().token } end
end
M.mark = function(ctx, response) response:header("x-path", ctx.path) end
function M.who(ctx) return { q = ctx:query().q } end
local function named(ctx)
  if ctx:query().q == "first" then return { first = true } end
end
M.named = named

function M.called(ctx)
  if ctx:query().q == "called" then return { called = true } end
end
function M.inside(ctx)
  if ctx:query().q == "inside" then return { inside = M.inside ~= nil } end
end
local function kept(ctx)
  if ctx:query().q == "kept" then return { kept = true } end
end
M.kept = kept
M.list = { kept }

return M
