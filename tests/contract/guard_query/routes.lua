-- Contract section 7: queries, parameters and forms, whose texts are coerced.
local api = rover.server {}
local g = rover.guard

local QUERY = g:object {
  page = g:integer():min(1):default(1),
  ratio = g:number(),
  active = g:boolean(),
  sort = g:string():enum { "name", "-name" },
  tag = g:array(g:string():len(1, 5)),
  id = g:array(g:integer()):max(2),
  raw = g:any(),
}

function api.constant.get(ctx) return ctx:query():expect(QUERY) end
function api.made.get(ctx)
  local schema = QUERY
  if ctx.path == "" then schema = nil end
  return ctx:query():expect(schema)
end
function api.alias.get(ctx)
  local query = ctx:query()
  return { page = query:expect(QUERY).page, raw = query.page }
end

function api.items.p_id.get(ctx) return ctx:params():expect { id = g:integer():min(1):required() } end
function api.made.p_id.get(ctx)
  local fields = {}
  fields.id = g:integer():min(1)
  return ctx.params():expect(fields)
end
function api.files.rest_path.get(ctx)
  return ctx:params():expect { path = g:string():pattern("%.txt$"), other = g:string():default("none") }
end

local FORM = g:object {
  name = g:string():required():min(1),
  age = g:integer():min(0),
  news = g:boolean():default(false),
  color = g:array(g:string()),
  file = g:any(),
}
function api.form.post(ctx) return ctx:body():expect(FORM) end
function api.form.made.post(ctx)
  local schema = FORM
  if ctx.path == "" then schema = nil end
  return ctx:body():expect(schema)
end
function api.file.post(ctx) return ctx:body():expect { file = g:string() } end

-- A key that is named like the method, and one method of another request's query.
function api.named.get(ctx) return { expect = ctx:query_all("expect")[1], kind = type(ctx:query().expect) } end
local kept -- rover: per-worker
function api.keep.get(ctx)
  kept = ctx:query()
  return "kept"
end
function api.kept.get(ctx)
  local own = ctx:query()
  return kept:expect(QUERY)
end

return api
