-- Hooks are rewritten as handlers are, and no `ctx` is made where neither needs one.
local api = rover.server {}

function api.fires.before(ctx) --[[budget]] 
  if __rover.header("authorization") ~= "Bearer secret" then return (__rover.reply(6)) end
end
function api.fires.get(ctx) --[[budget]]  return (__rover.reply(1)) end
-- The check comes after the hook, not before the handler.
function api.fires.checked.post(ctx) --[[budget]] 
  local body = __rover.check_in_place(0, 0, 0)
  return (__rover.reply(2))
end

-- Locals that stand in such places alone.
local function first(ctx) --[[budget]] 
  if __rover.query("q") == "first" then return (__rover.reply(7)) end
end
local second = function(ctx, response) --[[budget]]  response:header("x-path", __rover.path()) end
local function show(ctx) --[[budget]]  return (__rover.reply(3)) end
api.fires.list.before = { first }
api.fires.list.after = { second, function(ctx, response) --[[budget]]  response:status(201) end }
api.fires.list.get = show

-- A field of `ctx` needs one, for all that follows.
function api.fires.field.before.user(ctx) --[[budget]]  ctx.user = __rover.cookie("user") end
function api.fires.field.get(ctx) --[[budget]]  return (__rover.reply(4, ctx.user)) end

-- Without hooks all is as it was.
function api.stays.constant.get() --[[budget]]  return (__rover.reply(5)) end

-- Others may call it.
local function check(ctx) --[[budget]] 
  if ctx:query().q == "check" then return { check = true } end
end
function api.stays.called.before(ctx) --[[budget]]  return check(ctx) end
api.stays.called.list.before = { check }
function api.stays.called.list.get(ctx) --[[budget]]  return (__rover.reply(5)) end

return api
