-- Handlers that begin with a check, which is made before they run (`routes.txt`), and others
-- that do something before it.
local api = rover.server {}
local g = rover.guard

local NAME = g:object { name = g:string():required():pattern("^%a+$"), list = g:array(g:integer()), any = g:any() }
local PAGE = g:object { page = g:integer():min(1):default(1) }
local runs = {} -- rover: per-worker
local function ran(name) --[[budget]]  runs[name] = (runs[name] or 0) + 1 end

function api.runs.get() --[[budget]]  return (__rover.reply(1, runs.held or 0, runs.before or 0, runs.tested or 0, runs.second or 0)) end

function api.held.post(ctx) --[[budget]] 
  local kind, path = "x", __rover.path()
  local new = __rover.check_in_place(0, 0, 0)
  ran "held"
  return (__rover.reply(2, kind, path))
end
function api.table.post(ctx) --[[budget]]  return __rover.expect(0, 0) end
function api.built.post(ctx) --[[budget]]  return (api.json:status(201, __rover.expect(0, 0))) end
function api.field.post(ctx) --[[budget]]  return (__rover.reply(3, __rover.expect(0, 0).name, __rover.expect(0, 0).name)) end
function api.statement.post(ctx) --[[budget]] 
  __rover.expect(0, 0)
  return "passed"
end
function api.query.get(ctx) --[[budget]] 
  local query = nil
  local page = __rover.expect(1, 1).page
  return (__rover.reply(4, page))
end
function api.params.p_id.get(ctx) --[[budget]]  return (__rover.reply(5, __rover.expect(2, 2).id)) end
function api.both.post(ctx) --[[budget]] 
  local page, new = __rover.check_in_place(1, 1, 1), __rover.check_in_place(0, 0, 2)
  ran "second"
  return (__rover.reply(6))
end
function api.same.post(ctx) --[[budget]] 
  local first = __rover.expect(0, 0)
  local second = __rover.expect(0, 0)
  return (__rover.reply(7, first == second, first, second))
end

-- Something happens before.
function api.before.post(ctx) --[[budget]] 
  ran "before"
  local new = __rover.check_in_place(0, 0, 3)
  return (__rover.reply(8))
end
function api.tested.post(ctx) --[[budget]] 
  local body = ctx:body()
  if not body then return (__rover.reply(9)) end
  ran "tested"
  local new = __rover.check_in_place(0, 0, 4)
  return (__rover.reply(10))
end
function api.caught.post(ctx) --[[budget]] 
  local ok, message = pcall(function() --[[budget]]  return ctx:body_or_400():expect(NAME) end)
  return (__rover.reply(11, ok, (tostring(message))))
end
function api.branch.post(ctx) --[[budget]] 
  if __rover.query("skip") then return "skipped" end
  return __rover.expect(0, 0)
end

return api
