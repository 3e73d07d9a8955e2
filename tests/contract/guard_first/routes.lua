-- Handlers that begin with a check, which is made before they run (`routes.txt`), and others
-- that do something before it.
local api = rover.server {}
local g = rover.guard

local NAME = g:object { name = g:string():required():pattern("^%a+$"), list = g:array(g:integer()), any = g:any() }
local PAGE = g:object { page = g:integer():min(1):default(1) }
local runs = {} -- rover: per-worker
local function ran(name) runs[name] = (runs[name] or 0) + 1 end

function api.runs.get() return { held = runs.held or 0, before = runs.before or 0, tested = runs.tested or 0, second = runs.second or 0 } end

function api.held.post(ctx)
  local kind, path = "x", ctx.path
  local new = ctx:body():expect(NAME)
  ran "held"
  return { name = new.name, list = new.list, kind = kind, path = path }
end
function api.table.post(ctx) return ctx:body():expect(NAME) end
function api.built.post(ctx) return api.json:status(201, ctx:body():expect(NAME)) end
function api.field.post(ctx) return { name = ctx:body():expect(NAME).name, again = ctx:body():expect(NAME).name } end
function api.statement.post(ctx)
  ctx:body():expect(NAME)
  return "passed"
end
function api.query.get(ctx)
  local query = ctx:query()
  local page = query:expect(PAGE).page
  return { page = page }
end
function api.params.p_id.get(ctx) return { id = ctx:params():expect({ id = g:integer():required() }).id } end
function api.both.post(ctx)
  local page, new = ctx:query():expect(PAGE), ctx:body():expect(NAME)
  ran "second"
  return { page = page.page, name = new.name }
end
function api.same.post(ctx)
  local first = ctx:body():expect(NAME)
  local second = ctx:body():expect(NAME)
  return { same = first == second, first = first, second = second }
end

-- Something happens before.
function api.before.post(ctx)
  ran "before"
  local new = ctx:body():expect(NAME)
  return { name = new.name }
end
function api.tested.post(ctx)
  local body = ctx:body()
  if not body then return api.error(422, "Send something") end
  ran "tested"
  local new = body:expect(NAME)
  return { name = new.name }
end
function api.caught.post(ctx)
  local ok, message = pcall(function() return ctx:body():expect(NAME) end)
  return { ok = ok, message = tostring(message) }
end
function api.branch.post(ctx)
  if ctx:query().skip then return "skipped" end
  return ctx:body():expect(NAME)
end

return api
